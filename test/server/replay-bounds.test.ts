import { expect, test } from 'vitest'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('a stream whose client fell behind the ring ends, and goes on from the log', async () => {
  const { call, stream } = await startServing({ agents: [wordAgent()], limits: { maxReplayEvents: 8 } })
  await call('POST', '/sessions', { id: 'ada' })
  const slow = await stream('/sessions/ada/events')
  // It takes nothing while more is said than the ring holds: what is in flight to it is what sockets hold.
  const words = Array.from({ length: 2_000 }, (_, index) => `${index}${'x'.repeat(2_000)}`).join(' ')
  for (let turn = 0; turn < 3; turn++) {
    const sent = await call('POST', '/sessions/ada/messages', { content: words.slice(0, 200_000) })
    expect(sent.status).toBe(200)
  }
  const got = await slow.rest()
  expect(got.at(-1)?.event).not.toBe('turn_end')
  const again = await stream('/sessions/ada/events', { headers: { 'last-event-id': slow.lastEventId ?? '' } })
  const ends: string[] = []
  while (!ends.includes('ada/0.3')) ends.push((await again.until('turn_end')).data.traceId)
  const before = got.filter(({ event }) => event === 'turn_end').map(({ data }) => data.traceId)
  expect([...before, ...ends]).toEqual(['ada/0.1', 'ada/0.2', 'ada/0.3'])
})

test('a client that comes late gets no text from its middle', async () => {
  let heard = (): void => {}
  const connected = new Promise<void>((resolve) => (heard = resolve))
  const agent = wordAgent((word) => (word === 'two' ? connected : undefined))
  const { call, stream } = await startServing({ agents: [agent] })
  await call('POST', '/sessions', { id: 'ada' })
  const first = await stream('/sessions/ada/messages', { body: { content: 'one two' } })
  await first.until('chunk')
  const late = await stream('/sessions/ada/events')
  heard()
  expect((await late.next())?.event).toBe('said')
})
