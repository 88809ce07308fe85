import { expect, test } from 'vitest'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('who comes back to a session that was deleted and made again is told so, and gets all of the new one', async () => {
  const { call, stream } = await startServing({ agents: [wordAgent()] })
  await call('POST', '/sessions', { id: 'ada' })
  await call('POST', '/sessions/ada/messages', { content: 'anew' })
  const reader = await stream('/sessions/ada/events', { headers: { 'last-event-id': '@9999' } })
  expect((await reader.next())?.event).toBe('stream_gap')
  expect((await reader.until('said')).data.data).toEqual({ text: 'ANEW' })
})
