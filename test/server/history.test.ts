import { expect, test } from 'vitest'
import { scriptedModel } from 'troupe/testing'
import type { Agent } from 'troupe'
import chat from '../../machines/chat/agent.ts'
import { startServing } from './serving.ts'

test('messages, trace and snapshot are read page by page without making the session live', async () => {
  const { client } = scriptedModel(['one', 'two'])
  const { call, pool } = await startServing({
    agents: [chat as unknown as Agent],
    poolOptions: { client, idleAfter: 0 },
  })
  await call('POST', '/sessions', { id: 'ada' })
  for (const content of ['first', 'second']) await call('POST', '/sessions/ada/messages', { content })
  const { activations } = pool.stats()

  const first = await call('GET', '/sessions/ada/messages?limit=3')
  expect(first.body.messages).toEqual([
    { role: 'user', content: 'first' },
    { role: 'assistant', content: 'one' },
    { role: 'user', content: 'second' },
  ])
  const rest = await call('GET', `/sessions/ada/messages?after=${first.body.next}`)
  expect(rest.body).toEqual({ messages: [{ role: 'assistant', content: 'two' }], next: null })

  const trace = await call('GET', '/sessions/ada/trace?limit=2')
  expect(trace.body.trace.map(({ from, to }: { from: string; to: string }) => `${from}>${to}`)).toEqual([
    'input>memory',
    'memory>llm',
  ])
  expect(trace.body.trace[0]).toMatchObject({ eventType: 'user_input', traceId: 'ada/0.1' })
  const more = await call('GET', `/sessions/ada/trace?after=${trace.body.next}`)
  expect(more.body.next).toBeNull()

  const snapshot = await call('GET', '/sessions/ada/snapshot')
  expect(snapshot.body).toMatchObject({ sessionId: 'ada', agent: { id: 'chat' }, counters: { turn: 2 } })
  expect(pool.stats().activations).toBe(activations)
  expect((await call('GET', '/sessions/nobody/messages')).status).toBe(404)
})
