import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inspect } from './conversation.ts'
import { readEffects } from './effects.ts'
import { checkNumbers } from './invariants.ts'
import { Life, LifeEndedError } from './life.ts'
import { reportFigures } from './report.ts'

const open = { op: 'open', session: 's', agent: 'supervised' } as const
/** The tool hangs at `slow`. */
const hanging = { TROUPE_HANGS: 'yes' }
const anHour = { TROUPE_CLOCK_OFFSET: '3600001' }

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'troupe-supervision-'))))
afterAll(() => rm(folder, { recursive: true }))

function startOf(name: string) {
  const path = join(folder, name)
  return { op: 'start', url: `sqlite:${path}.db`, effects: `${path}.effects` } as const
}

async function begin(name: string, environment: Readonly<Record<string, string>> = {}): Promise<Life> {
  const life = new Life(environment)
  await life.ask(startOf(name))
  return life
}

async function kill(life: Life): Promise<void> {
  life.kill()
  expect(await life.ended).toBe('SIGKILL')
}

async function end(life: Life): Promise<void> {
  await life.ask({ op: 'end' })
  expect(await life.ended, life.errors).toBe(0)
}

/** Runs of the tool for a text. */
const runsOf = (name: string, text: string): number =>
  readEffects(startOf(name).effects).filter(({ kind, tool }) => kind === 'run' && tool === text).length

/** Waits until the tool runs for a text: the process says nothing of that. */
async function running(life: Life, name: string, text: string): Promise<void> {
  while (runsOf(name, text) === 0) await life.ask({ op: 'inspect', session: 's' })
}

test('a retry that waits when its process is killed is made once, when its time has come', async () => {
  const first = await begin('retry')
  await first.ask(open)
  await first.send('s', 'a', 'flaky').accepted
  await running(first, 'retry', 'flaky')
  let timers: readonly unknown[] = []
  while (timers.length === 0) timers = (await inspect(first, 's')).timers
  await kill(first)

  const second = await begin('retry')
  await second.ask(open)
  expect((await inspect(second, 's')).turns).toMatchObject([{ status: 'running' }])
  expect(runsOf('retry', 'flaky')).toBe(1)
  await kill(second)

  const third = await begin('retry', anHour)
  expect(await third.ask({ op: 'sweep' })).toMatchObject({ failed: [] })
  expect(runsOf('retry', 'flaky')).toBe(2)
  await third.ask(open)
  expect(await third.send('s', 'a', 'flaky').result).toMatchObject({ status: 'completed', text: 'flaky' })
  const stored = await inspect(third, 's')
  checkNumbers(stored)
  expect({ runs: runsOf('retry', 'flaky'), timers: stored.timers }).toEqual({ runs: 2, timers: [] })
  await end(third)
})

test('a circuit that is open when its process is killed stays open for its time', async () => {
  const first = await begin('circuit')
  await first.ask(open)
  for (const id of ['a', 'b']) expect((await first.send('s', id, 'bad').result).status).toBe('failed')
  await kill(first)

  const second = await begin('circuit')
  await second.ask(open)
  expect(await second.send('s', 'c', 'fine').result).toMatchObject({ error: { code: 'circuit_open' } })
  await kill(second)

  const third = await begin('circuit', anHour)
  await third.ask(open)
  expect((await third.send('s', 'd', 'fine').result).status).toBe('completed')
  expect(runsOf('circuit', 'fine')).toBe(1)
  checkNumbers(await inspect(third, 's'))
  await end(third)
})

test('a turn that is to be cancelled after its tools is, though its process is killed before', async () => {
  const first = await begin('cancel', hanging)
  await first.ask(open)
  await first.send('s', 'a', 'slow').accepted
  await running(first, 'cancel', 'slow')
  await first.ask({ op: 'cancel', session: 's', at: 'afterTools' })
  await kill(first)

  const second = await begin('cancel')
  await second.ask(open)
  expect((await second.send('s', 'a', 'slow').result).status).toBe('cancelled')
  const stored = await inspect(second, 's')
  checkNumbers(stored)
  expect(stored.messages.map(({ content }) => content)).toEqual(['slow', 'did slow, in all 1'])
  await end(second)
})

test('a turn is taken back once, or not yet, at whatever write its process is killed', async () => {
  let points = 0
  const second = new Life()
  // Before it the turn to be taken back has not begun.
  for (let write = 5, died = true; died; write++) {
    const name = `rollback-${write}`
    const first = await begin(name, { TROUPE_CRASH_AT: `${write}:${write % 2 === 0 ? 'before' : 'after'}` })
    died = await talkBack(first, name).then(
      () => false,
      (error: unknown) => isEnd(error),
    )
    if (died) points++
    else await end(first)
    await first.ended

    await second.ask(startOf(name))
    await talkBack(second, name)
    const stored = await inspect(second, 's')
    checkNumbers(stored)
    expect(stored.messages.map(({ content }) => content)).toEqual([
      'one',
      'did one, in all 1',
      'heard one',
      'two',
      'did two, in all 2',
      'heard one two',
    ])
  }
  await end(second)
  expect(points).toBeGreaterThan(4)
  reportFigures('rollbacks', { points })
})

/** Takes a turn back that would never end. */
async function talkBack(life: Life, name: string): Promise<void> {
  await life.ask(open)
  expect((await life.send('s', 'a', 'one').result).status).toBe('completed')
  const stuck = life.send('s', 'b', 'stuck')
  await stuck.accepted
  const before = await inspect(life, 's')
  if (before.turns.length > 0) await running(life, name, 'stuck')
  expect(await life.send('s', 'c', 'two', 'rollback').result).toMatchObject({ status: 'completed', text: 'one two' })
  expect(await stuck.result).toMatchObject({ status: 'cancelled', rolledBack: true })
}

test('an input that steers is heard once, at whatever write its process is killed', async () => {
  let points = 0
  const second = new Life()
  for (let write = 2, died = true; died; write++) {
    const name = `steer-${write}`
    const first = await begin(name, {
      ...hanging,
      TROUPE_CRASH_AT: `${write}:${write % 2 === 0 ? 'after' : 'before'}`,
    })
    died = await steer(first, name, true).then(
      () => false,
      (error: unknown) => isEnd(error),
    )
    if (died) points++
    else await kill(first)
    await first.ended

    await second.ask(startOf(name))
    await second.ask(open)
    await steer(second, name, false)
    const stored = await inspect(second, 's')
    checkNumbers(stored)
    const said = stored.messages.flatMap(({ role, content }) => (role === 'user' ? [content] : []))
    expect(said).toEqual(['slow', 'more'])
  }
  await end(second)
  expect(points).toBeGreaterThan(2)
  reportFigures('steers', { points })
})

/** Sends an input to a turn whose tool hangs in its first process, and is through in the next. */
async function steer(life: Life, name: string, hangs: boolean): Promise<void> {
  if (hangs) await life.ask(open)
  const slow = life.send('s', 'a', 'slow')
  await slow.accepted
  if (hangs) await running(life, name, 'slow')
  const more = life.send('s', 'b', 'more', 'steer')
  await more.accepted
  if (hangs) return
  expect((await slow.result).status).toBe('completed')
  expect((await more.result).status).toBe('completed')
}

function isEnd(error: unknown): true {
  if (!(error instanceof LifeEndedError)) throw error
  return true
}
