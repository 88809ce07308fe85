import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wordAgent } from '../server/agents.ts'
import { startServing } from '../server/serving.ts'

const requests = 5_000
// Header values that fetch lets through.
const headerText = fc.string({ maxLength: 60 }).map((text) => text.replaceAll(/[^\t -~]/g, '').trim())
const segment = fc.oneof(
  fc.constantFrom(
    'sessions',
    'agents',
    'ada',
    'messages',
    'events',
    'trace',
    'snapshot',
    'signals',
    'cancel',
    'graph',
    'solo',
    '..',
    '%2e%2e',
    '%00',
    '%ff',
  ),
  fc.string({ maxLength: 20 }).map(encodeURIComponentSafely),
)
const path = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '/sessions',
      '/sessions/ada',
      '/sessions/ada/messages',
      '/sessions/ada/signals',
      '/sessions/ada/cancel',
      '/sessions/ada/trace',
      '/agents/solo/graph',
      '/sessions/__proto__',
      '/sessions/constructor/messages',
    ),
  },
  { weight: 1, arbitrary: fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`) },
)
const query = fc.oneof(
  fc.constant(''),
  fc
    .tuple(fc.constantFrom('limit', 'after', 'x', '__proto__'), fc.string({ maxLength: 12 }))
    .map(([key, value]) => `?${key}=${encodeURIComponentSafely(value)}`),
)
const body = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc.string({ maxLength: 60 }),
  fc.record({ content: fc.anything({ maxDepth: 3 }) }).map(stringified),
  fc.record({ content: fc.string({ maxLength: 40 }) }).map(stringified),
  fc
    .record({ id: fc.string({ maxLength: 140 }), agent: fc.constantFrom('solo', 'nobody', '__proto__') })
    .map(stringified),
  fc.record({ type: fc.string({ maxLength: 20 }), data: fc.jsonValue({ maxDepth: 2 }) }).map(stringified),
  fc.record({ traceId: fc.string({ maxLength: 30 }) }).map(stringified),
)
const noise = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'),
  path,
  query,
  body,
  type: fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain', 'application/xml', ''),
  headers: fc.dictionary(
    fc.constantFrom(
      'idempotency-key',
      'last-event-id',
      'accept',
      'authorization',
      'x-request-id',
      'if-none-match',
      'range',
    ),
    headerText,
  ),
})

// Some are what a client would send.
const sense = fc.record({
  method: fc.constant('POST'),
  path: fc.constant('/sessions'),
  query: fc.constant(''),
  body: fc.record({ id: fc.stringMatching(/^[a-z\d]{1,6}$/) }).map(stringified),
  type: fc.constant('application/json'),
  headers: fc.constant({}),
})
const request = fc.oneof({ weight: 19, arbitrary: noise }, { weight: 1, arbitrary: sense })

test(
  `${requests} fuzzed requests are answered with 2xx or 4xx, and the server goes on as before`,
  { timeout: 240_000 },
  async () => {
    const errors: unknown[] = []
    const { call, url } = await startServing({
      agents: [wordAgent()],
      log: { info() {}, warn() {}, error: (fields) => errors.push(fields) },
      limits: { maxStreams: 10_000 },
    })
    await call('POST', '/sessions', { id: 'ada' })
    const samples = fc.sample(request, { numRuns: requests, seed: 20_261_122 })
    const statuses = new Map<number, number>()
    const send = async (sample: (typeof samples)[number]): Promise<void> => {
      const hasBody = sample.method !== 'GET' && sample.method !== 'HEAD'
      const headers = { ...sample.headers, ...(sample.type === '' ? {} : { 'content-type': sample.type }) }
      // DELETE of the session would make everything after it a 404.
      const method = sample.method === 'DELETE' && sample.path === '/sessions/ada' ? 'POST' : sample.method
      const response = await fetch(url + sample.path + sample.query, {
        method,
        headers,
        ...(hasBody ? { body: sample.body } : {}),
      })
      const isStream = response.headers.get('content-type')?.includes('event-stream') === true && method === 'GET'
      if (isStream) await response.body?.cancel()
      else await response.text()
      statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
      const { status } = response
      expect(
        (status >= 200 && status < 300) || (status >= 400 && status < 500),
        `${status}: ${JSON.stringify(sample)}`,
      ).toBe(true)
    }
    for (let index = 0; index < samples.length; index += 50)
      await Promise.all(samples.slice(index, index + 50).map(send))
    expect(errors).toEqual([])
    expect([...statuses.values()].reduce((sum, each) => sum + each, 0)).toBe(requests)
    // Not all of them bounced off the first check.
    for (const status of [200, 201, 400, 404, 405, 415])
      expect([status, statuses.get(status) ?? 0]).toEqual([status, expect.toSatisfy((count: number) => count >= 5)])
    const { body: answer } = await call('POST', '/sessions/ada/messages', { content: 'still here' })
    expect(answer).toMatchObject({ status: 'completed', text: 'STILL HERE' })
  },
)

function encodeURIComponentSafely(text: string): string {
  // Halves of surrogate pairs have no encoding.
  return encodeURIComponent(text.replaceAll(/[\ud800-\udfff]/g, ''))
}

function stringified(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null'
  } catch {
    return '{'
  }
}
