import { expect, test } from 'vitest'
import type { Agent } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { refundDesk } from '../../machines/refund-desk/agent.ts'
import { memoryLedger } from '../../machines/refund-desk/ledger.ts'
import { refundCall } from '../machines/refund-desk.ts'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

const keys = [
  { tenant: 'acme', key: 'acme-key-0123456789' },
  { tenant: 'acme', key: 'acme-key-9876543210' },
  { tenant: 'globex', key: 'globex-key-0123456789' },
]
const as = (key: string) => ({ authorization: `Bearer ${key}` })
const acme = as('acme-key-0123456789')
const globex = as('globex-key-0123456789')

test('a key of another tenant finds no session, and lists show only the own ones', async () => {
  const { call } = await startServing({ agents: [wordAgent()], keys })
  for (const id of ['a', 'b']) expect((await call('POST', '/sessions', { id }, acme)).status).toBe(201)
  // The same name is free for another tenant.
  expect((await call('POST', '/sessions', { id: 'b' }, globex)).status).toBe(201)
  await call('POST', '/sessions/a/messages', { content: 'hello' }, acme)

  const paths: [string, string, unknown?][] = [
    ['GET', '/sessions/a'],
    ['DELETE', '/sessions/a'],
    ['POST', '/sessions/a/messages', { content: 'x' }],
    ['POST', '/sessions/a/signals', { type: 'x' }],
    ['POST', '/sessions/a/cancel', {}],
    ['GET', '/sessions/a/events'],
    ['GET', '/sessions/a/messages'],
    ['GET', '/sessions/a/trace'],
    ['GET', '/sessions/a/snapshot'],
    ['GET', '/sessions/acme.a'],
  ]
  for (const [method, path, body] of paths) {
    const { status, body: answer } = await call(method, path, body, globex)
    expect([path, status, answer.error.code]).toEqual([path, 404, 'session_not_found'])
    expect(answer.error.message).toContain(`'${path.split('/')[2]}'`)
  }
  const ids = async (headers: Record<string, string>) =>
    (await call('GET', '/sessions', undefined, headers)).body.sessions.map(({ id }: { id: string }) => id)
  expect(await ids(acme)).toEqual(['a', 'b'])
  expect(await ids(as('acme-key-9876543210'))).toEqual(['a', 'b'])
  expect(await ids(globex)).toEqual(['b'])
})

test('no answer and no stream shows how sessions of a tenant are stored', async () => {
  const { client } = scriptedModel([{ toolCalls: [refundCall('c1', 'A-17', 20)] }, 'Done.'])
  const agents = [refundDesk(memoryLedger()) as unknown as Agent]
  const { call, stream, pool } = await startServing({ agents, keys, poolOptions: { client } })
  await call('POST', '/sessions', { id: 'desk' }, acme)
  const events = await stream('/sessions/desk/events', { headers: acme })
  const texts: string[] = []
  const read = async (method: string, path: string, body?: unknown) => {
    const answer = await call(method, path, body, acme)
    texts.push(answer.text)
    return answer
  }
  const waiting = await read('POST', '/sessions/desk/messages', {
    content: 'Refund A-17. acme.desk is not to be changed.',
  })
  expect(waiting.body.traceId).toBe('desk/0.1')
  for (const path of ['', '/snapshot', '/trace']) await read('GET', `/sessions/desk${path}`)
  await read('POST', '/sessions/desk/signals', { type: 'bless' })
  await read('POST', '/sessions', { id: 'desk' })
  await read('POST', '/sessions/desk/signals', { type: 'approve', data: { callId: 'c1' } })
  await events.until('turn_end')
  for (const { id, data } of events.events) texts.push(id, JSON.stringify(data))
  expect(texts.join('\n').replaceAll('acme.desk is not', '')).not.toContain('acme.desk')
  expect((await call('GET', '/sessions/desk/messages', undefined, acme)).body.messages[0].content).toContain(
    'acme.desk is not',
  )
  expect(await pool.has('acme.desk')).toBe(true)

  const { id = '' } = events.events[0] ?? {}
  const again = await stream('/sessions/desk/events', { headers: { ...acme, 'last-event-id': id } })
  expect((await again.next())?.data.id).toBe(events.events[1]?.data.id)
})
