import { expect, test } from 'vitest'
import { ApiKeyError, serve } from 'troupe/server'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('a server that others can reach does not start without API keys', async () => {
  const pool = new SessionPool({ agents: [wordAgent()] })
  for (const host of ['0.0.0.0', '::', '192.0.2.1']) {
    await expect(serve({ pool, port: 0, host })).rejects.toMatchObject({ code: 'keys_required' })
  }
  await pool.drain()
})

test('with keys it does, and every route of sessions asks for one', async () => {
  const keys = [{ tenant: 'acme', key: 'acme-key-0123456789' }]
  const { call, url } = await startServing({ agents: [wordAgent()], host: '0.0.0.0', keys })
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect((await call('GET', '/health')).status).toBe(200)
  for (const authorization of ['', 'Bearer', 'Bearer nobody-has-this-key', 'Basic acme-key-0123456789']) {
    const { status, body, headers } = await call('GET', '/sessions', undefined, { authorization })
    expect([status, body.error.code, headers.get('www-authenticate')]).toEqual([401, 'unauthorized', 'Bearer'])
  }
  expect((await call('POST', '/sessions', {}, { authorization: 'Bearer acme-key-0123456789' })).status).toBe(201)
})

test('keys that are short, shared by tenants, or of no tenant are refused', async () => {
  const pool = new SessionPool({ agents: [wordAgent()] })
  const good = 'acme-key-0123456789'
  const sets = [
    [{ tenant: 'acme', key: 'short' }],
    [{ tenant: 'Acme', key: good }],
    [{ tenant: 'a.b', key: good }],
    [
      { tenant: 'acme', key: good },
      { tenant: 'globex', key: good },
    ],
  ]
  for (const keys of sets) await expect(serve({ pool, port: 0, keys })).rejects.toThrow(ApiKeyError)
  await pool.drain()
})
