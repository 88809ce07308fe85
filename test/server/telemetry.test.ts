import { propagation, SpanKind } from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { expect, test } from 'vitest'
import { recordTraces } from '../telemetry/traces.ts'
import { serveScript, user } from './openai/client.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const traceparent = `00-${traceId}-b7ad6b7169203331-01`

test('a request goes on with the trace of its caller, down to the calls of the model', async () => {
  const traces = recordTraces()
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const { client } = await serveScript(['Hello.'])
  await client.chat.completions.create({ model: 'helper', messages: [user('Hello')] }, { headers: { traceparent } })

  const request = traces.one('POST /v1/chat/completions')
  expect(request.kind).toBe(SpanKind.SERVER)
  expect(request.parentSpanContext).toMatchObject({ traceId, spanId: 'b7ad6b7169203331' })
  expect(request.attributes).toMatchObject({ 'http.route': '/v1/chat/completions', 'http.response.status_code': 200 })
  expect(traces.below('POST /v1/chat/completions')).toEqual(['invoke_agent helper'])
  expect(traces.below('invoke_agent helper')).toEqual(['chat gpt-4.1-mini'])
  expect(new Set(traces.spans.map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]))
})

test('a message to a session, through the queue of the pool, is in the trace of its request too', async () => {
  const traces = recordTraces()
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const { call, pool } = await serveScript(['Hello.'])
  await pool.create('helper', { id: 'ada' })
  await call('POST', '/sessions/ada/messages', { content: 'Hello' }, { traceparent })
  expect(traces.one('invoke_agent helper').spanContext().traceId).toBe(traceId)
  expect(traces.below('POST /sessions/:id/messages')).toEqual(['invoke_agent helper'])
})
