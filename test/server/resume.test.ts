import { expect, test } from 'vitest'
import { memoryStore } from '../../src/store/memory-store.ts'
import { gate } from '../setup/gate.ts'
import { wordAgent } from './agents.ts'
import { startServing, type ReadEvent } from './serving.ts'

const textOf = (events: readonly ReadEvent[]): string =>
  events.flatMap(({ event, data }) => (event === 'chunk' ? [(data.data as { text: string }).text] : [])).join('')

test('a client that lost its connection goes on with the very next event while the process lives', async () => {
  const door = gate()
  const agents = [wordAgent((word) => (word === 'two' ? door.pass() : undefined))]
  const { call, stream } = await startServing({ agents })
  await call('POST', '/sessions', { id: 'ada' })
  const first = await stream('/sessions/ada/messages', { body: { content: 'one two three' } })
  const { id } = await first.until('chunk')
  await first.drop()
  door.open()
  const second = await stream('/sessions/ada/events', { headers: { 'last-event-id': id } })
  await second.until('turn_end')
  expect(second.events.map(({ event }) => event)).toEqual(['chunk', 'chunk', 'said', 'turn_end'])
  expect(textOf([...first.events, ...second.events])).toBe('one two three ')
})

test('a client that heard nothing yet goes on from where it came in', async () => {
  const { call, stream } = await startServing({ agents: [wordAgent()] })
  await call('POST', '/sessions', { id: 'ada' })
  await call('POST', '/sessions/ada/messages', { content: 'before' })
  const first = await stream('/sessions/ada/events')
  const opening = await first.opening()
  await first.drop()
  await call('POST', '/sessions/ada/messages', { content: 'after' })
  const second = await stream('/sessions/ada/events', { headers: { 'last-event-id': opening } })
  expect((await second.until('said')).data.data).toEqual({ text: 'AFTER' })
})

test('another process goes on from the log: resets for what streamed, then what is stored, nothing twice', async () => {
  const store = memoryStore()
  const one = await startServing({ agents: [wordAgent()], poolOptions: { store } })
  await one.call('POST', '/sessions', { id: 'ada' })
  await one.call('POST', '/sessions/ada/messages', { content: 'zero' })
  const reader = await one.stream('/sessions/ada/messages', { body: { content: 'one two' } })
  const { id } = await reader.until('chunk')
  await reader.rest()
  await one.call('POST', '/sessions/ada/messages', { content: 'three' })
  await one.server.close()

  const two = await startServing({ agents: [wordAgent()], poolOptions: { store } })
  const resumed = await two.stream('/sessions/ada/events', { headers: { 'last-event-id': id } })
  const live = two.call('POST', '/sessions/ada/messages', { content: 'four' })
  for (let ends = 0; ends < 3; ends++) await resumed.until('turn_end')
  await live
  expect(
    resumed.events.map(({ event, data }) => [event, event === 'said' ? (data.data as { text: string }).text : '']),
  ).toEqual([
    ['chunk_reset', ''],
    ['said', 'ONE TWO'],
    ['turn_end', ''],
    ['said', 'THREE'],
    ['turn_end', ''],
    ['chunk', ''],
    ['said', 'FOUR'],
    ['turn_end', ''],
  ])
  expect(resumed.events[0]?.data.traceId).toBe('ada/0.2')
})

test('each place of a stream is one to go on from, in the same process and in another', async () => {
  const store = memoryStore()
  const one = await startServing({ agents: [wordAgent()], poolOptions: { store } })
  await one.call('POST', '/sessions', { id: 'ada' })
  const whole = await one.stream('/sessions/ada/events')
  for (const content of ['a b', 'c', 'd e f']) await one.call('POST', '/sessions/ada/messages', { content })
  for (let ends = 0; ends < 3; ends++) await whole.until('turn_end')
  const all = whole.events
  await expectResumes(one.stream, all, (index) => all.slice(index + 1).map(({ data }) => data.id))
  await one.server.close()

  const two = await startServing({ agents: [wordAgent()], poolOptions: { store } })
  const isStored = ({ event }: ReadEvent): boolean => event === 'said' || event === 'turn_end'
  await expectResumes(two.stream, all, (index) =>
    all
      .slice(index + 1)
      .filter(isStored)
      .map(({ data }) => data.id),
  )
})

/** Goes on behind each event, and reads what is left. */
async function expectResumes(
  stream: Awaited<ReturnType<typeof startServing>>['stream'],
  all: readonly ReadEvent[],
  left: (index: number) => string[],
): Promise<void> {
  for (const [index, { id }] of all.entries()) {
    const expected = left(index)
    const reader = await stream('/sessions/ada/events', { headers: { 'last-event-id': id } })
    const got: string[] = []
    while (got.length < expected.length) {
      const next = await reader.next()
      if (next && !next.event.endsWith('_reset')) got.push(next.data.id)
    }
    expect(got, `behind ${id}`).toEqual(expected)
    await reader.drop()
  }
}
