/** Times several operations side by side: batches of one follow batches of the others in the same process. */
import { now, sample } from './process.ts'
import type { Measured } from './workloads/workload.ts'

interface Operation {
  readonly name: string
  readonly once: () => Promise<void>
  /** Units that one call is worth. */
  readonly units: number
}

const warmUp = 800
const batchTime = 40
const batches = 30

/** Gives the samples of each operation: one a batch. */
export async function alternate(operations: readonly Operation[]): Promise<Measured> {
  for (const operation of operations) await repeatFor(operation, warmUp)
  // The second look is at compiled code, and tells how many calls a batch takes.
  const calls = new Map<string, number>()
  for (const operation of operations)
    calls.set(operation.name, Math.max(1, Math.round(batchTime / (await repeatFor(operation, 200)))))

  const measured: Measured = Object.fromEntries(operations.map(({ name }) => [name, []]))
  for (let batch = 0; batch < batches; batch++) {
    // In turn from either end: none always runs behind the same other one.
    for (const { name, once, units } of batch % 2 === 0 ? operations : operations.toReversed()) {
      const count = calls.get(name) as number
      const times = await sample(count * units, async () => {
        for (let call = 0; call < count; call++) await once()
      })
      measured[name]?.push(times)
    }
  }
  return measured
}

/** Milliseconds of one call, on average. */
async function repeatFor({ once }: Operation, milliseconds: number): Promise<number> {
  const start = now()
  let calls = 0
  do {
    await once()
    calls++
  } while (now() - start < milliseconds)
  return (now() - start) / calls
}
