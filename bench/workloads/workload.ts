import type { Adapter } from '../adapters/adapter.ts'

/** One workload; to add one, write a file beside this one and name it in `index.ts`. */
export interface Workload {
  readonly title: string
  /** What a time is divided by. */
  readonly unit: 'step' | 'chunk' | 'turn' | 'opening'
  /** `shared`: all engines take turns in one process. `own`: each has a process of its own, one after another. */
  readonly process: 'shared' | 'own'
  /** Fresh processes, unless the command line says otherwise. */
  readonly repeat: number
  /** What ratios are taken to. Default: raw XState. */
  readonly reference?: string
  /** The nth samples of all engines are taken side by side where they share a process. */
  measure(adapters: readonly Adapter[]): Promise<Measured>
}

/** One batch, in microseconds per unit. */
export interface Sample {
  /** On the clock. */
  readonly time: number
  /** Of the processors, all threads of the process together. */
  readonly cpu: number
  /** Bytes passed to write calls, in workloads that store; Linux only. */
  readonly written?: number
}

/** Samples by the name of the engine. */
export type Measured = Record<string, Sample[]>
