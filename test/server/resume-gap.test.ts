import { expect, test } from 'vitest'
import { memoryStore } from '../../src/store/memory-store.ts'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('a client that was away for longer than the log is kept is told so, and gets what is kept', async () => {
  const store = memoryStore({ keepTurns: 2 })
  const { call, stream } = await startServing({ agents: [wordAgent()], poolOptions: { store } })
  await call('POST', '/sessions', { id: 'ada' })
  const first = await stream('/sessions/ada/messages', { body: { content: 'one' } })
  const { id } = await first.until('said')
  await first.rest()
  for (const content of ['two', 'three', 'four', 'five']) await call('POST', '/sessions/ada/messages', { content })

  const fresh = await startServing({ agents: [wordAgent()], poolOptions: { store } })
  const reader = await fresh.stream('/sessions/ada/events', { headers: { 'last-event-id': id } })
  expect((await reader.next())?.event).toBe('stream_gap')
  expect((await reader.until('said')).data.data).toEqual({ text: 'FOUR' })
})
