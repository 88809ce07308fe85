import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Lane, noFigures } from './lane.ts'
import { reportFigures } from './report.ts'

const kills = Number(process.env['TROUPE_KILLS'] ?? 300)
const seconds = Number(process.env['TROUPE_KILL_SECONDS'] ?? 0)
const seed = Number(process.env['TROUPE_SEED'] ?? 1)
const lanes = 2

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'troupe-kills-'))))
afterAll(() => rm(folder, { recursive: true }))

test(
  'after kills at random moments every accepted message is answered once, and every effect happens once',
  { timeout: seconds > 0 ? (seconds + 120) * 1_000 : 300_000 },
  async () => {
    const start = Date.now()
    const deadline = seconds > 0 ? { deadline: start + seconds * 1_000 } : {}
    const all = Array.from({ length: lanes }, (_, index) => {
      const name = join(folder, `lane-${index}`)
      const share = Math.ceil(kills / lanes)
      return new Lane({
        seed: seed + index,
        url: `sqlite:${name}.db`,
        effects: `${name}.effects`,
        kills: share,
        ...deadline,
      })
    })
    await Promise.all(all.map((lane) => lane.run()))
    const sum: Record<string, number> = noFigures()
    for (const { figures } of all)
      for (const [key, value] of Object.entries(figures)) sum[key] = (sum[key] ?? 0) + value
    reportFigures('random kills', { ...sum, seconds: (Date.now() - start) / 1_000 })
    if (seconds === 0) expect(sum['kills']).toBeGreaterThanOrEqual(kills)
    expect(sum['conversations']).toBeGreaterThan(0)
  },
)
