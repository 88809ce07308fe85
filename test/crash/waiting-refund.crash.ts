import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TurnResult } from 'troupe'
import { inspect } from './conversation.ts'
import { readEffects } from './effects.ts'
import { checkLog } from './invariants.ts'
import { Life, LifeEndedError } from './life.ts'
import { reportFigures } from './report.ts'

const open = { op: 'open', session: 'desk', agent: 'refund_desk' } as const
const message = ['desk', 'client-1', 'Refund order A-17, 25 euros'] as const
const anHour = 3_600_001

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'troupe-waiting-'))))
afterAll(() => rm(folder, { recursive: true }))

/** Leaves a refund that waits in a store, its process killed. */
async function leaveWaiting(name: string): Promise<TurnResult> {
  const life = new Life()
  await life.ask(startOf(name))
  await life.ask(open)
  const waiting = await life.send(...message).result
  expect(waiting.status).toBe('waiting')
  life.kill()
  expect(await life.ended).toBe('SIGKILL')
  return waiting
}

function startOf(name: string) {
  const path = join(folder, name)
  return { op: 'start', url: `sqlite:${path}.db`, effects: `${path}.effects` } as const
}

test('a refund that waits for a person still waits after kills, for the same call, and is made once', async () => {
  const waiting = await leaveWaiting('waits')
  for (let round = 0; round < 3; round++) {
    const life = new Life()
    await life.ask(startOf('waits'))
    // Its hour is not over, so nobody has to open it.
    expect(await life.ask({ op: 'sweep' })).toEqual({ resumed: [], failed: [] })
    await life.ask(open)
    expect(await life.send(...message).result).toEqual(waiting)
    const { turns, timers, state, log } = await inspect(life, 'desk')
    expect({ status: turns.map(({ status }) => status), timers: timers.length, state }).toEqual({
      status: ['waiting'],
      timers: 1,
      state: 'awaitingApproval',
    })
    expect(log.filter(({ event }) => event.from === 'input')).toHaveLength(1)
    life.kill()
    await life.ended
  }
  const life = new Life()
  await life.ask(startOf('waits'))
  await life.ask(open)
  const data = { callId: waiting.pending[0]?.undecided[0] }
  const { traceId, result } = await life.ask<{ traceId: string; result: TurnResult }>({
    op: 'signal',
    session: 'desk',
    type: 'approve',
    data,
  })
  expect({ traceId, status: result.status }).toEqual({ traceId: waiting.traceId, status: 'completed' })
  checkLog(await inspect(life, 'desk'))
  expect(readEffects(startOf('waits').effects).map(({ kind }) => kind)).toEqual(['run', 'effect'])
  await life.ask({ op: 'end' })
  expect(await life.ended).toBe(0)
})

test('its timeout fires in a process that comes after the hour, killed at any write of that', async () => {
  const waiting = await leaveWaiting('times-out')
  let points = 0
  const second = new Life({ TROUPE_CLOCK_OFFSET: `${anHour}` })
  for (const phase of ['before', 'after']) {
    for (let write = 1, died = true; died; write++) {
      const name = `times-out-${phase}-${write}`
      for (const suffix of ['.db', '.db-wal']) {
        const from = join(folder, `times-out${suffix}`)
        if (existsSync(from)) await copyFile(from, join(folder, `${name}${suffix}`))
      }
      const first = new Life({ TROUPE_CLOCK_OFFSET: `${anHour}`, TROUPE_CRASH_AT: `${write}:${phase}` })
      await first.ask(startOf(name))
      died = await first.ask({ op: 'sweep' }).then(
        () => false,
        (error: unknown) => error instanceof LifeEndedError,
      )
      if (died) points++
      else await first.ask({ op: 'end' })
      await first.ended

      await second.ask(startOf(name))
      expect(await second.ask({ op: 'sweep' })).toMatchObject({ failed: [] })
      const stored = await inspect(second, 'desk')
      checkLog(stored)
      expect({ turns: stored.turns, timers: stored.timers, state: stored.state }).toEqual({
        turns: [],
        timers: [],
        state: 'chatting',
      })
      expect(stored.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant'])
      expect(stored.messages[2]?.content).toContain('Nobody approved the refund within an hour')
      const ends = stored.log.filter(({ event, to }) => event.type === 'turn_end' && to.length === 0)
      expect(ends.filter(({ event }) => event.traceId === waiting.traceId)).toHaveLength(1)
      expect(readEffects(startOf(name).effects)).toEqual([])
      await second.ask(open)
      expect(await second.send(...message).result).toMatchObject({ traceId: waiting.traceId, status: 'completed' })
    }
  }
  await second.ask({ op: 'end' })
  expect(await second.ended).toBe(0)
  expect(points).toBeGreaterThan(4)
  reportFigures('timeouts', { points })
})
