import { expect, test } from 'vitest'
import { Metrics } from '../../src/server/metrics.ts'
import { serveScript, user, type ServedModelClient } from './openai/client.ts'

async function serveWithMetrics(options: Parameters<typeof serveScript>[1] = {}): Promise<ServedModelClient> {
  const metrics = new Metrics()
  const script = [
    {
      toolCalls: [
        { name: 'add', args: { a: 1, b: 2 } },
        { name: 'made_up', args: {} },
      ],
      usage: { input: 10, output: 4 },
    },
    { text: 'Three.', usage: { input: 20, output: 2 } },
    { status: 429 },
  ]
  return serveScript(script, { metrics, poolOptions: { observer: metrics }, ...options })
}

/** The samples of a metric: its labels with its value. */
async function samplesOf({ url }: ServedModelClient, name: string, headers = {}): Promise<string[]> {
  const text = await (await fetch(`${url}/metrics`, { headers })).text()
  return text
    .split('\n')
    .filter((line) => new RegExp(`^${name}[{ ]`).test(line))
    .map((line) => line.slice(name.length))
}

test('turns, calls and requests are counted', async () => {
  const served = await serveWithMetrics()
  const ask = () => served.client.chat.completions.create({ model: 'helper', messages: [user('1 + 2?')] })
  await ask()
  await ask().catch(() => {})
  await served.call('GET', '/sessions/nobody')
  await served.call('GET', '/no/such/place')
  await served.call('GET', '/health')
  await expect.poll(() => samplesOf(served, 'troupe_sessions_live')).toEqual([' 0'])

  expect(await samplesOf(served, 'troupe_turns_total')).toEqual([
    '{agent="helper",status="completed"} 1',
    '{agent="helper",status="failed"} 1',
  ])
  expect(await samplesOf(served, 'troupe_turn_duration_seconds_count')).toEqual(['{agent="helper"} 2'])
  const model = '{model="gpt-4.1-mini"'
  expect(await samplesOf(served, 'troupe_model_calls_total')).toEqual([
    `${model},outcome="ok"} 2`,
    `${model},outcome="model_rate_limited"} 1`,
  ])
  expect(await samplesOf(served, 'troupe_model_tokens_total')).toEqual([
    `${model},direction="input"} 30`,
    `${model},direction="output"} 6`,
  ])
  // A name that a model made up is no label.
  expect((await samplesOf(served, 'troupe_tool_calls_total')).toSorted()).toEqual([
    '{tool="add",outcome="ok"} 1',
    '{tool="unknown",outcome="error"} 1',
  ])
  const requests = await samplesOf(served, 'troupe_http_requests_total')
  expect(requests).toContain('{method="POST",route="/v1/chat/completions",status="200"} 1')
  expect(requests).toContain('{method="POST",route="/v1/chat/completions",status="429"} 1')
  expect(requests).toContain('{method="GET",route="/sessions/:id",status="404"} 1')
  expect(requests).toContain('{method="GET",route="unmatched",status="404"} 1')
  expect(requests).toContain('{method="GET",route="/health",status="200"} 1')
  expect(await samplesOf(served, 'troupe_session_activations_total')).toEqual([' 2'])
})

test('streams that are open are counted while they are', async () => {
  const served = await serveWithMetrics()
  await served.pool.create('helper', { id: 'ada' })
  const stream = await served.stream('/sessions/ada/events')
  expect(await samplesOf(served, 'troupe_streams_open')).toEqual([' 1'])
  await stream.drop()
  await expect.poll(() => samplesOf(served, 'troupe_streams_open')).toEqual([' 0'])
})

test('with keys, metrics need one', async () => {
  const key = 'key-of-ann-0123456789'
  const served = await serveWithMetrics({ keys: [{ tenant: 'ann', key }] })
  expect((await served.call('GET', '/metrics')).status).toBe(401)
  const lag = await samplesOf(served, 'troupe_event_loop_lag_seconds', { authorization: `Bearer ${key}` })
  expect(Number(lag[0])).toBeGreaterThanOrEqual(0)
})

test('without metrics there is no such route', async () => {
  const served = await serveScript([])
  expect((await served.call('GET', '/metrics')).status).toBe(404)
})
