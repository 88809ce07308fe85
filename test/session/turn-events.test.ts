import { expect, test } from 'vitest'
import { openSession, type AgentEvent } from '../setup/engine.ts'
import { Turn } from '../../src/session/turn.ts'
import { gate, settled } from '../setup/gate.ts'
import { soloAgent, untilAborted } from './agents.ts'

const streaming = soloAgent(async (text, runtime) => {
  for (const word of text.split(' ')) {
    runtime.emit('chunk', { text: word })
    await settled()
  }
  runtime.emit('said', { text })
})

async function textsOf(turn: AsyncIterable<AgentEvent>): Promise<string[]> {
  const texts: string[] = []
  for await (const { data } of turn) texts.push((data as { text: string }).text)
  return texts
}

test('a turn gives its events as they reach the output, and ends with the turn', async () => {
  await using session = await openSession(streaming)
  const turn = session.send('one two three')
  expect(await textsOf(turn)).toEqual(['one', 'two', 'three', 'one two three'])
  expect(await turn.result).toMatchObject({ status: 'completed' })
})

test('readers that come late, or twice, get all of it', async () => {
  await using session = await openSession(streaming)
  const turn = session.send('one two')
  await turn.result
  expect(await textsOf(turn)).toEqual(['one', 'two', 'one two'])
  expect(await Promise.all([textsOf(turn), textsOf(turn)])).toEqual([
    ['one', 'two', 'one two'],
    ['one', 'two', 'one two'],
  ])
})

test('leaving the loop cancels nothing', async () => {
  await using session = await openSession(streaming)
  const turn = session.send('one two')
  for await (const event of turn) {
    expect(event.data).toEqual({ text: 'one' })
    break
  }
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'one two' })
})

test('reading ends when the turn is cancelled or the session stops, without a throw', async () => {
  const agent = soloAgent(async (text, runtime) => {
    runtime.emit('chunk', { text })
    await untilAborted(text, runtime)
  })
  const session = await openSession(agent)
  const first = session.send('first')
  const reading = textsOf(first)
  await settled()
  first.cancel()
  expect(await reading).toEqual(['first'])
  const second = session.send('second')
  const again = textsOf(second)
  await settled()
  await session.stop()
  expect(await again).toEqual(['second'])
})

test('turns have their own events only', async () => {
  await using session = await openSession(streaming)
  const turns = ['a b', 'c d'].map((text) => session.send(text))
  expect(await Promise.all(turns.map(textsOf))).toEqual([
    ['a', 'b', 'a b'],
    ['c', 'd', 'c d'],
  ])
})

test('a chunk reaches a reader before the turn is through', async () => {
  const reading = gate()
  const agent = soloAgent(async (text, runtime) => {
    runtime.emit('chunk', { text })
    await reading.pass()
  })
  await using session = await openSession(agent)
  const turn = session.send('early')
  for await (const { data } of turn) {
    expect(data).toEqual({ text: 'early' })
    reading.open()
  }
  await turn.result
})

const eventOf = (number: number, transient: boolean): AgentEvent => ({
  id: `s/0.1.${number}`,
  from: 'worker',
  type: transient ? 'chunk' : 'said',
  data: number,
  sessionId: 's',
  traceId: 's/0.1',
  time: 0,
  ...(transient ? { transient: true } : {}),
})

test('what is kept for a slow reader has a bound: transient events go first, and no event comes twice', async () => {
  const turn = new Turn('s/0.1', () => {})
  const read: number[] = []
  const reader = turn[Symbol.asyncIterator]()
  const readOne = async (): Promise<boolean> => {
    const { done, value } = await reader.next()
    if (!done) read.push(value.data as number)
    return !done
  }
  let number = 0
  // One in ten is durable.
  const push = (count: number): void => {
    for (let index = 0; index < count; index++) turn.push(eventOf(++number, number % 10 !== 0))
  }
  push(5_000)
  for (let index = 0; index < 1_005; index++) await readOne()
  push(45_000)
  for (let index = 0; index < 500; index++) await readOne()
  push(50_000)
  turn.settle({} as never)
  while (await readOne());
  expect(read).toEqual([...new Set(read)].toSorted((a, b) => a - b))
  expect(read.length).toBeLessThan(20_000)
  expect(read.at(-1)).toBe(100_000)
  const durable = read.filter((each) => each % 10 === 0)
  expect(durable.length).toBeGreaterThan(5_000)
})

test('a reader that keeps up misses nothing, however long the turn is', async () => {
  const turn = new Turn('s/0.1', () => {})
  const reader = turn[Symbol.asyncIterator]()
  for (let number = 1; number <= 30_000; number++) {
    turn.push(eventOf(number, true))
    const { value } = await reader.next()
    if (value?.data !== number) expect(value?.data).toBe(number)
  }
})

test('a handle that learns later what came before has it in front, each event once, however much there is', async () => {
  const turn = new Turn('s/0.1', () => {})
  turn.hold()
  for (let number = 51; number <= 12_000; number++) turn.push(eventOf(number, number > 60 && number % 2 === 0))
  const read: number[] = []
  const reading = (async () => {
    for await (const { data } of turn) read.push(data as number)
  })()
  turn.precede(Array.from({ length: 60 }, (_, index) => eventOf(index + 1, false)))
  for (let number = 12_001; number <= 24_000; number++) turn.push(eventOf(number, true))
  turn.settle({} as never)
  await reading
  expect(read.slice(0, 50)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
  expect(read).toEqual([...new Set(read)].toSorted((a, b) => a - b))
  expect(read.at(-1)).toBe(24_000)
})
