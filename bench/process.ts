import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sample } from './workloads/workload.ts'

/** Milliseconds. */
export const now = (): number => performance.now()

/** Times what `work` takes, divided by `units`. */
export async function sample(units: number, work: () => Promise<void>): Promise<Sample> {
  const writtenBefore = bytesWritten()
  const before = process.cpuUsage()
  const start = now()
  await work()
  const time = (now() - start) * 1000
  const { user, system } = process.cpuUsage(before)
  const written = bytesWritten() - writtenBefore
  return { time: time / units, cpu: (user + system) / units, ...(written > 0 ? { written: written / units } : {}) }
}

/** Bytes that this process has passed to write calls so far; 0 where the system does not say (all but Linux). */
function bytesWritten(): number {
  try {
    return Number(/^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

/** Lets timers and promises settle and collects what they left behind (`node --expose-gc`). */
export async function collectGarbage(): Promise<void> {
  for (let pass = 0; pass < 3; pass++) {
    await sleep(20)
    ;(globalThis as { gc?: () => void }).gc?.()
  }
}
