/**
 * Addressing one of a million stored sessions costs what it costs among a thousand. `TROUPE_SOAK_SESSIONS` sets the
 * number (default: 1,000,000), `TROUPE_SOAK_CALLS` that of the calls which are measured (default: 3,000).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore, SessionPool, type Store } from 'troupe'
import { reportFigures } from '../crash/report.ts'
import { below, randomOf, type Random } from '../crash/random.ts'
import { echo, soloAgent } from '../session/agents.ts'

const sessions = Number(process.env['TROUPE_SOAK_SESSIONS'] ?? 1_000_000)
const calls = Number(process.env['TROUPE_SOAK_CALLS'] ?? 3_000)
const few = 1_000
const batch = 100
const agent = soloAgent(echo)

test(`one of ${sessions} stored sessions is addressed in at most 1.3 × the time of one of ${few}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-soak-'))
  try {
    const small = await filledStore(join(folder, 'small.db'), few)
    const large = await filledStore(join(folder, 'large.db'), sessions)
    // In turns, so that what else the machine does hits both.
    const random = randomOf(1)
    const times: { small: number[]; large: number[] } = { small: [], large: [] }
    await using smallPool = new SessionPool({ agents: [agent], store: small, maxLiveSessions: 50 })
    await using largePool = new SessionPool({ agents: [agent], store: large, maxLiveSessions: 50 })
    for (let round = 0; round < Math.ceil(calls / batch) + 2; round++) {
      const smallTime = await address(smallPool, random, few)
      const largeTime = await address(largePool, random, sessions)
      // The first rounds warm up.
      if (round < 2) continue
      times.small.push(smallTime)
      times.large.push(largeTime)
    }
    // Of neighbours, as the machine is the same then.
    const ratio = median(times.large.map((time, at) => time / (times.small[at] as number)))
    reportFigures('addressing a stored session', {
      'µs among few': median(times.small),
      'µs among many': median(times.large),
      'ratio in %': ratio * 100,
      'MB heap': process.memoryUsage().heapUsed / 1e6,
    })
    expect(ratio).toBeLessThanOrEqual(1.3)
    await Promise.all([smallPool.drain(), largePool.drain()])
    await Promise.all([small.close(), large.close()])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

/** A store with this many sessions, each as it is after a turn. */
async function filledStore(file: string, count: number): Promise<Store> {
  const store = await openStore(`sqlite:${file}`)
  const template = await madeOnce(store)
  for (let at = 0; at < count; at += 1_000) {
    const ids = Array.from({ length: Math.min(1_000, count - at) }, (_, index) => idOf(at + index))
    await Promise.all(ids.map((id) => store.checkpoints.save(id, template.replaceAll('template', id))))
  }
  return store
}

async function madeOnce(store: Store): Promise<string> {
  const pool = new SessionPool({ agents: [agent], store })
  await pool.create('solo', { id: 'template' })
  await (
    await pool.send('template', 'hello')
  ).result
  await pool.drain()
  return (await store.checkpoints.load('template')) as string
}

/** Microseconds that a message to a session takes which is not live. */
async function address(pool: SessionPool, random: Random, count: number): Promise<number> {
  const begun = performance.now()
  for (let call = 0; call < batch; call++) {
    const turn = await pool.send(idOf(below(random, count)), 'again')
    expect((await turn.result).text).toBe('again')
  }
  return ((performance.now() - begun) * 1_000) / batch
}

// Spread over the key space, as random ids are.
function idOf(index: number): string {
  return `s${((index * 2_654_435_761) % 2 ** 32).toString(36)}`
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}
