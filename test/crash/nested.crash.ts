import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { conversationOf, converse, inspect } from './conversation.ts'
import type { CrashPhase } from './dying-store.ts'
import { readEffects } from './effects.ts'
import { Life, LifeEndedError } from './life.ts'
import { randomOf } from './random.ts'
import { reportFigures } from './report.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'troupe-nested-'))))
afterAll(() => rm(folder, { recursive: true }))

const figures = { points: 0, kills: 0, runs: 0, effects: 0 }
afterAll(() => reportFigures('nested sessions', figures))

const startOf = (name: string, kind: string) =>
  ({ op: 'start', url: `${kind}:${join(folder, name)}.db`, effects: `${join(folder, name)}.effects` }) as const

/** A list that was half done, an inner session at work and an approval in it: all are done, each once. */
async function expectDone(life: Life, name: string, kind: string): Promise<void> {
  const conversation = conversationOf('s', 'crew', 1)
  await life.ask(startOf(name, kind))
  expect(await life.ask({ op: 'sweep' })).toMatchObject({ failed: [] })
  await converse(life, conversation)
  expect(conversation.inputs[0]?.result).toMatchObject({ status: 'completed', text: 'signed: ONE TWO 1' })
  const { log, sequence, lost, turns, timers, messages } = await inspect(life, 's')
  expect({ turns, timers, lost, messages }).toEqual({ turns: [], timers: [], lost: 0, messages: [] })
  const stored = log.filter((entry) => entry.sequence <= sequence)
  expect(new Set(stored.map(({ event }) => event.id)).size).toBe(stored.length)
  const happened = stored.map(({ event }) => `${event.from} ${event.type}`)
  for (const once of [
    'input user_input',
    'words map_result',
    'signer/0/pen signed',
    'signer agent_result',
    'turn turn_end',
  ])
    expect(
      happened.filter((each) => each === once),
      once,
    ).toHaveLength(1)
  expect(happened.filter((each) => each.endsWith('item_done'))).toHaveLength(3)
  const records = readEffects(startOf(name, kind).effects)
  const effects = records.filter((record) => record.kind === 'effect')
  expect(effects.map(({ tool }) => tool).sort()).toEqual(['pen', 'word', 'word', 'word'])
  expect(new Set(effects.map(({ key }) => key)).size).toBe(4)
  figures.effects += effects.length
  figures.runs += records.length - effects.length
}

/** Lives until it dies by itself or has done all. True when it died. */
async function dies(life: Life, name: string, kind: string): Promise<boolean> {
  const died = await life
    .ask(startOf(name, kind))
    .then(() => converse(life, conversationOf('s', 'crew', 1)))
    .then(() => life.ask({ op: 'end' }))
    .then(() => false, expectDeath)
  // The kill may also come when all is done.
  expect(died ? ['SIGKILL'] : ['SIGKILL', 0], life.errors).toContain(await life.ended)
  return died
}

function expectDeath(error: unknown): true {
  if (error instanceof LifeEndedError) return true
  throw error
}

test.concurrent.each<[string, readonly CrashPhase[], number]>([
  ['sqlite', ['before', 'after'], 1],
  ['keyv', ['half'], 2],
])('on %s kills %j writes lose and double nothing of nested sessions', async (kind, phases, stride) => {
  const second = new Life()
  // A write is lost or only its answer, in turns: every point is another one of the two.
  for (let write = 1, died = true; died; write += stride) {
    const phase = phases[write % phases.length] as CrashPhase
    const name = `${kind}-${write}-${phase}`
    died = await dies(new Life({ TROUPE_CRASH_AT: `${write}:${phase}` }), name, kind)
    if (died) figures.points++
    await expectDone(second, name, kind)
  }
  await second.ask({ op: 'end' })
  expect(await second.ended, second.errors).toBe(0)
})

test('nor does a kill at any moment', async () => {
  const random = randomOf(7)
  for (let round = 0; round < 3; round++) {
    const name = `random-${round}`
    for (let kill = 0; kill < 2; kill++) {
      const life = new Life()
      life.killAfter(1 + Math.floor(random() * 6), random() * 12)
      if (await dies(life, name, 'sqlite')) figures.kills++
    }
    const last = new Life()
    await expectDone(last, name, 'sqlite')
    await last.ask({ op: 'end' })
    await last.ended
  }
})
