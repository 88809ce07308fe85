/** The chart of a machine, read once. */
import { useMemo } from 'react'
import type { MachineView } from '../../../src/inspect/protocol.ts'
import { readMachine, type Chart } from './read-machine.ts'

/** The chart, or why there is none. */
export interface ReadChart {
  readonly chart?: Chart
  readonly fault?: string
}

/** Reads a machine's definition. */
export function useChart(machine: MachineView | undefined): ReadChart | undefined {
  return useMemo(() => {
    if (!machine) return undefined
    try {
      return { chart: readMachine(machine.definition as object) }
    } catch (error) {
      return { fault: (error as Error).message }
    }
  }, [machine])
}
