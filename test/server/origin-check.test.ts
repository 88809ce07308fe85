import { expect, test } from 'vitest'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('pages of other origins are refused, whatever the method; allowed ones get CORS headers', async () => {
  const allowed = 'https://app.example.com'
  const { call, url } = await startServing({ agents: [wordAgent()], allowedOrigins: [allowed] })
  await call('POST', '/sessions', { id: 'ada' })
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'http://localhost:1' },
    { 'sec-fetch-site': 'cross-site' },
  ]
  for (const headers of foreign) {
    for (const [method, path, body] of [
      ['GET', '/sessions'],
      ['POST', '/sessions/ada/messages', { content: 'x' }],
      ['OPTIONS', '/sessions'],
    ] as const) {
      const answer = await call(method, path, body, headers)
      expect([headers, answer.status, answer.body.error.code]).toEqual([headers, 403, 'origin_not_allowed'])
      expect(answer.headers.get('access-control-allow-origin')).toBeNull()
    }
  }
  expect((await call('GET', '/sessions/ada/messages')).body.messages).toEqual([])

  expect((await call('GET', '/sessions', undefined, { origin: url })).status).toBe(200)
  const cors = await call('GET', '/sessions', undefined, { origin: allowed })
  expect([cors.status, cors.headers.get('access-control-allow-origin')]).toEqual([200, allowed])
  const preflight = await call('OPTIONS', '/sessions/ada/messages', undefined, {
    origin: allowed,
    'access-control-request-method': 'POST',
    // As the official client of OpenAI's API asks in a browser.
    'access-control-request-headers':
      'authorization,content-type,last-event-id,x-stainless-lang,x-stainless-retry-count',
  })
  expect(preflight.status).toBe(204)
  const allowedHeaders = preflight.headers.get('access-control-allow-headers')
  for (const name of ['authorization', 'last-event-id', 'x-stainless-lang', 'x-stainless-retry-count'])
    expect(allowedHeaders).toContain(name)
  const stream = await fetch(`${url}/sessions/ada/events`, { headers: { origin: allowed } })
  expect(stream.headers.get('access-control-allow-origin')).toBe(allowed)
  await stream.body?.cancel()
})
