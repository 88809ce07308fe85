import { expect, test } from 'vitest'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('sessions are made, listed page by page, looked at and deleted', async () => {
  const { call } = await startServing({ agents: [wordAgent()] })
  for (const id of ['b', 'a', 'c']) {
    const made = await call('POST', '/sessions', { agent: 'solo', id })
    expect(made.status).toBe(201)
    expect(made.body).toEqual({ id, agent: 'solo', status: 'idle', turns: 0, messages: 0 })
  }
  const first = await call('GET', '/sessions?limit=2')
  expect(first.body.sessions.map(({ id }: { id: string }) => id)).toEqual(['a', 'b'])
  expect(first.body.next).toBe('b')
  const second = await call('GET', `/sessions?limit=2&after=${first.body.next}`)
  expect(second.body.sessions.map(({ id }: { id: string }) => id)).toEqual(['c'])
  expect(second.body.next).toBeNull()

  await call('POST', '/sessions/a/messages', { content: 'good day' })
  const { body } = await call('GET', '/sessions/a')
  expect(body).toMatchObject({
    id: 'a',
    agent: 'solo',
    ended: false,
    nodes: { worker: { status: 'completed', lastEvent: { id: 'a/0.1.1' } } },
    graph: {
      nodes: [{ id: 'worker', status: 'completed' }],
      edges: [{ from: 'input', to: 'worker', event: 'user_input' }, {}, {}],
    },
    usage: { calls: 0 },
  })

  expect((await call('DELETE', '/sessions/a')).status).toBe(204)
  expect((await call('GET', '/sessions/a')).status).toBe(404)
  expect((await call('DELETE', '/sessions/a')).body.error.code).toBe('session_not_found')
})

test('a session without a name gets one, an agent need not be named where there is one, and no id is made twice', async () => {
  const { call } = await startServing({ agents: [wordAgent()] })
  const made = await call('POST', '/sessions', {})
  expect(made.body.id).toMatch(/^[\da-f-]{36}$/)
  const again = await call('POST', '/sessions', { id: made.body.id })
  expect([again.status, again.body.error.code]).toEqual([409, 'session_exists'])
  const unknown = await call('POST', '/sessions', { agent: 'nobody' })
  expect([unknown.status, unknown.body.error.code]).toEqual([404, 'agent_not_found'])
})
