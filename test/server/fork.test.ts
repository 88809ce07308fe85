import { expect, test } from 'vitest'
import { scriptedModel } from 'troupe/testing'
import type { Agent } from 'troupe'
import chat from '../../machines/chat/agent.ts'
import { refundDesk } from '../../machines/refund-desk/agent.ts'
import { memoryLedger } from '../../machines/refund-desk/ledger.ts'
import { refundCall } from '../machines/refund-desk.ts'
import { startServing } from './serving.ts'

const agents = [chat as unknown as Agent]

test('a session is forked now, or at a checkpoint of its list', async () => {
  const { client } = scriptedModel(['one', 'two', 'other'])
  const { call } = await startServing({ agents, poolOptions: { client } })
  await call('POST', '/sessions', { id: 'ada' })
  for (const content of ['first', 'second']) await call('POST', '/sessions/ada/messages', { content })

  const list = await call('GET', '/sessions/ada/checkpoints')
  expect(list.status).toBe(200)
  expect(list.body.checkpoints).toMatchObject([
    { id: 'ada/0.1', status: 'completed', messages: 2 },
    { id: 'ada/0.2', status: 'completed', messages: 4 },
  ])
  const forked = await call('POST', '/sessions/ada/fork', { at: 'ada/0.1', id: 'bob' })
  expect(forked.status).toBe(201)
  expect(forked.body).toEqual({ id: 'bob', agent: 'chat', status: 'idle', turns: 1, messages: 2 })
  const answer = await call('POST', '/sessions/bob/messages', { content: 'third' })
  expect(answer.body).toMatchObject({ traceId: 'bob/1.2', text: 'other' })
  expect(
    (await call('GET', '/sessions/bob/messages')).body.messages.map((each: { content: string }) => each.content),
  ).toEqual(['first', 'one', 'third', 'other'])
  const now = await call('POST', '/sessions/ada/fork')
  expect(now.body).toMatchObject({ turns: 2, messages: 4 })
  expect(now.body.id).toMatch(/^[\da-f-]{36}$/)
})

test('what cannot be forked is refused, and makes nothing', async () => {
  const ledger = memoryLedger()
  const { client } = scriptedModel([{ toolCalls: [refundCall('c1', 'A-17', 25)] }])
  const { call } = await startServing({ agents: [...agents, refundDesk(ledger)] as Agent[], poolOptions: { client } })
  await call('POST', '/sessions', { agent: 'chat', id: 'ada' })
  await call('POST', '/sessions', { agent: 'refund_desk', id: 'desk' })
  const refusals: [string, unknown, number, string][] = [
    ['nobody', {}, 404, 'session_not_found'],
    ['ada', { at: 'ada/0.9' }, 404, 'checkpoint_not_found'],
    ['ada', { id: 'desk' }, 409, 'session_exists'],
    ['ada', { id: 'no/id' }, 400, 'session_id'],
    ['ada', { from: 'x' }, 400, 'invalid_request'],
  ]
  for (const [id, body, status, code] of refusals) {
    const refused = await call('POST', `/sessions/${id}/fork`, body)
    expect([id, refused.status, refused.body.error.code]).toEqual([id, status, code])
  }
  expect((await call('GET', '/sessions/nobody/checkpoints')).status).toBe(404)
  expect((await call('GET', '/sessions')).body.sessions).toHaveLength(2)
})

test('a tenant forks its own sessions, under the ids that it knows', async () => {
  const keys = [
    { tenant: 'acme', key: 'acme-key-0123456789' },
    { tenant: 'globex', key: 'globex-key-0123456789' },
  ]
  const as = (key: string) => ({ authorization: `Bearer ${key}` })
  const acme = as('acme-key-0123456789')
  const globex = as('globex-key-0123456789')
  const { client } = scriptedModel(['one', 'two'])
  const { call } = await startServing({ agents, keys, poolOptions: { client } })
  await call('POST', '/sessions', { id: 'ada' }, acme)
  await call('POST', '/sessions/ada/messages', { content: 'first' }, acme)
  for (const [method, path] of [
    ['POST', '/sessions/ada/fork'],
    ['POST', '/sessions/acme.ada/fork'],
    ['GET', '/sessions/ada/checkpoints'],
  ] as const) {
    const { status, body } = await call(method, path, method === 'POST' ? {} : undefined, globex)
    expect([path, status, body.error.code]).toEqual([path, 404, 'session_not_found'])
  }
  const { checkpoints } = (await call('GET', '/sessions/ada/checkpoints', undefined, acme)).body
  expect(checkpoints).toMatchObject([{ id: 'ada/0.1' }])
  const forked = await call('POST', '/sessions/ada/fork', { at: checkpoints[0].id, id: 'bob' }, acme)
  expect(forked.body).toMatchObject({ id: 'bob', messages: 2 })
  const missing = await call('POST', '/sessions/ada/fork', { at: 'ada/0.7' }, acme)
  expect(missing.body.error.message).not.toContain('acme')
  const answer = await call('POST', '/sessions/bob/messages', { content: 'second' }, acme)
  expect(answer.body).toMatchObject({ traceId: 'bob/1.2', text: 'two' })
  expect((await call('GET', '/sessions', undefined, globex)).body.sessions).toEqual([])
})
