import { expect, test } from 'vitest'
import { Feed } from '../../src/server/stream/feed.ts'

const event = (id: number, type: string, data: object, transient = true) => ({
  id: `s/0.1.${id}`,
  type,
  from: 'tts',
  data: data as never,
  traceId: 's/0.1',
  time: 0,
  transient,
})

test('speech has its own room in the ring: it does not push out what is said, and is let go itself', () => {
  const feed = new Feed({ maxEvents: 1_000, maxBytes: 10_000, maxAudioBytes: 1_000_000 }, { durable: '@0' })
  feed.push(event(1, 'llm_result', { text: 'Hello.' }, false))
  for (let id = 2; id < 5; id++) feed.push(event(id, 'audio', { data: 'x'.repeat(300_000) }))
  // A client that has read nothing yet loses nothing.
  expect([feed.start, feed.end]).toEqual([0, 4])
  feed.push(event(5, 'audio', { data: 'x'.repeat(300_000) }))
  expect(feed.start).toBe(3)
  // A durable event of that name is no speech.
  feed.push(event(6, 'audio', { data: 'x'.repeat(20_000) }, false))
  expect([feed.start, feed.end]).toEqual([5, 6])
})
