import { expect, test } from 'vitest'
import type { ErrorBody, ServerLog } from 'troupe/server'
import { memoryStore } from '../../src/store/memory-store.ts'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('unknown routes, wrong methods and malformed requests are JSON errors that say what to do', async () => {
  const { call, url } = await startServing({ agents: [wordAgent()] })
  await call('POST', '/sessions', { id: 'ada' })
  const cases: [Awaited<ReturnType<typeof call>>, number, string][] = [
    [await call('GET', '/nothing'), 404, 'not_found'],
    [await call('PUT', '/sessions'), 405, 'method_not_allowed'],
    [await call('POST', '/health'), 405, 'method_not_allowed'],
    [await call('POST', '/sessions/ada/messages', { content: 7 }), 400, 'invalid_request'],
    [await call('POST', '/sessions/ada/messages', { content: 'x', role: 'system' }), 400, 'invalid_request'],
    [await call('GET', '/sessions?limit=all'), 400, 'invalid_request'],
    [await call('GET', '/sessions/-ada'), 400, 'session_id'],
    [await call('GET', '/sessions/ada/events', undefined, { 'last-event-id': 'yesterday' }), 400, 'last_event_id'],
  ]
  for (const [{ status, body, headers }, expected, code] of cases) {
    expect([status, body.error.code, Object.keys(body)]).toEqual([expected, code, ['error']])
    expect(headers.get('content-type')).toContain('application/json')
  }
  expect(cases[1]?.[0].headers.get('allow')).toBe('POST, GET, HEAD')
  for (const [type, status, code] of [
    ['application/json', 400, 'bad_request'],
    ['text/plain', 415, 'unsupported_media_type'],
    ['application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
  ] as const) {
    const headers = { 'content-type': type }
    const torn = await fetch(`${url}/sessions/ada/messages`, { method: 'POST', body: '{"content":', headers })
    const { error } = (await torn.json()) as ErrorBody
    expect([torn.status, error.code]).toEqual([status, code])
    expect(error.message).not.toBe('')
  }
})

test('a failure of the server is logged in full and told to nobody', async () => {
  const store = memoryStore()
  store.checkpoints.list = () => Promise.reject(new Error('disk of secrets is full'))
  const logged: [object, string][] = []
  const log: ServerLog = { info() {}, warn() {}, error: (fields, message) => logged.push([fields, message]) }
  const { call } = await startServing({ agents: [wordAgent()], log, poolOptions: { store } })
  const { status, text, body, headers } = await call('GET', '/sessions')
  expect([status, body.error.code]).toEqual([500, 'internal'])
  expect(text).not.toMatch(/secrets|stack|\.ts/)
  expect(logged).toMatchObject([
    [{ err: { message: 'disk of secrets is full' }, requestId: headers.get('x-request-id') }, 'a request failed'],
  ])
})
