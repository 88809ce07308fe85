import { setTimeout as sleep } from 'node:timers/promises'
import type { Sample } from './workloads/workload.ts'

/** Milliseconds. */
export const now = (): number => performance.now()

/** Times what `work` takes, divided by `units`. */
export async function sample(units: number, work: () => Promise<void>): Promise<Sample> {
  const before = process.cpuUsage()
  const start = now()
  await work()
  const time = (now() - start) * 1000
  const { user, system } = process.cpuUsage(before)
  return { time: time / units, cpu: (user + system) / units }
}

/** Lets timers and promises settle and collects what they left behind (`node --expose-gc`). */
export async function collectGarbage(): Promise<void> {
  for (let pass = 0; pass < 3; pass++) {
    await sleep(20)
    ;(globalThis as { gc?: () => void }).gc?.()
  }
}
