import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TurnResult } from 'troupe'
import { readEffects } from './effects.ts'
import { Life, LifeEndedError, WorkerError } from './life.ts'
import { reportFigures } from './report.ts'

const open = { op: 'open', session: 'desk', agent: 'guarded_courier' } as const
const message = ['desk', 'client-1', 'Ship parcel 7'] as const

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'troupe-approval-'))))
afterAll(() => rm(folder, { recursive: true }))

function startOf(name: string) {
  const path = join(folder, name)
  return { op: 'start', url: `sqlite:${path}.db`, effects: `${path}.effects` } as const
}

test('a call that waits for approval outlives kill -9, at any write of what its approval leads to, and runs at most once', async () => {
  const first = new Life()
  await first.ask(startOf('waits'))
  await first.ask(open)
  const waiting = await first.send(...message).result
  expect(waiting).toMatchObject({ status: 'waiting', pending: [{ node: 'tools' }] })
  first.kill()
  await first.ended

  const [callId] = waiting.pending[0]?.undecided ?? []
  const approve = { op: 'signal', session: 'desk', type: 'approve', data: { callId, args: { parcel: 9 } } } as const
  const second = new Life()
  let points = 0
  // Dead before a write, it has done all that the write before led to.
  for (let write = 1, died = true; died; write++) {
    const name = `waits-${write}`
    for (const suffix of ['.db', '.db-wal']) {
      const from = join(folder, `waits${suffix}`)
      if (existsSync(from)) await copyFile(from, join(folder, `${name}${suffix}`))
    }
    const dying = new Life({ TROUPE_CRASH_AT: `${write}:before` })
    await dying.ask(startOf(name))
    died = await dying.ask(open).then(() => dying.ask(approve).then(() => false, isDead), isDead)
    if (died) points++
    else await dying.ask({ op: 'end' })
    await dying.ended

    await second.ask(startOf(name))
    await second.ask(open)
    // Whoever does not know whether the approval arrived gives it again.
    await second.ask(approve).catch((error: unknown) => {
      if (!(error instanceof WorkerError) || error.code !== 'invalid_signal') throw error
    })
    const ended: TurnResult = await second.send(...message).result
    expect(ended).toMatchObject({ traceId: waiting.traceId, status: 'completed' })
    const effects = readEffects(startOf(name).effects).map(({ tool }) => tool)
    const told = (await second.ask<{ role: string; content: string }[]>({ op: 'messages', session: 'desk' }))
      .filter(({ role }) => role === 'tool')
      .map(({ content }) => content)
    expect(told).toHaveLength(1)
    // It ran once with the person's arguments, or the model knows that nobody knows.
    if (told[0]?.includes('is unknown')) expect(effects.length).toBeLessThan(2)
    else expect(effects).toEqual(['ship_parcel 9'])
  }
  await second.ask({ op: 'end' })
  expect(await second.ended).toBe(0)
  expect(points).toBeGreaterThan(3)
  reportFigures('approvals', { points })
})

function isDead(error: unknown): true {
  if (error instanceof LifeEndedError) return true
  throw error
}
