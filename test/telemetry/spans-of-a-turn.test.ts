import { trace, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { expect, test } from 'vitest'
import { adder } from './agents.ts'
import { attributesOf, recordTraces } from './traces.ts'

const script = [
  { toolCalls: [{ name: 'add', args: { a: 1, b: 2 } }], usage: { input: 10, output: 4 } },
  { text: 'Three.', usage: { input: 20, output: 2 } },
]

test('a turn is a span with a child for each call of the model and of a tool', async () => {
  const traces = recordTraces()
  await using session = await openSession(adder, { id: 's1', client: scriptedModel(script).client })
  const result = await session.send('1 + 2?').result

  const turn = traces.one('invoke_agent adder')
  expect(traces.below('invoke_agent adder')).toEqual(['chat small', 'execute_tool add', 'chat small'])
  expect(turn.kind).toBe(SpanKind.INTERNAL)
  expect(attributesOf(turn, 'gen_ai.')).toEqual({
    'operation.name': 'invoke_agent',
    'agent.name': 'adder',
    'agent.version': '3',
    'conversation.id': 's1',
    'usage.input_tokens': 30,
    'usage.output_tokens': 6,
  })
  expect(attributesOf(turn, 'troupe.')).toEqual({
    'turn.id': result.traceId,
    'turn.status': 'completed',
    'turn.model_calls': 2,
  })
})

test('the span of a model call says what was asked of whom, and what it took', async () => {
  const traces = recordTraces()
  await using session = await openSession(adder, { client: scriptedModel(script).client })
  await session.send('1 + 2?').result

  const [call] = traces.spans.filter(({ name }) => name === 'chat small')
  expect(call?.kind).toBe(SpanKind.CLIENT)
  expect(call?.attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'small',
    'gen_ai.request.temperature': 0,
    'gen_ai.response.model': 'small',
    'gen_ai.response.finish_reasons': ['tool_calls'],
    'gen_ai.usage.input_tokens': 10,
    'gen_ai.usage.output_tokens': 4,
    'server.address': 'scripted.invalid',
    'server.port': 80,
  })
  expect(traces.one('execute_tool add').attributes).toEqual({
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': 'add',
    'gen_ai.tool.call.id': 'call_1_0',
    'gen_ai.tool.type': 'function',
  })
})

test('a model that fails marks its call and the turn with its stable code', async () => {
  const traces = recordTraces()
  await using session = await openSession(adder, { client: scriptedModel([{ status: 429 }]).client })
  await session.send('1 + 2?').result

  for (const name of ['chat small', 'invoke_agent adder']) {
    expect(traces.one(name).attributes['error.type']).toBe('model_rate_limited')
    expect(traces.one(name).status.code).toBe(SpanStatusCode.ERROR)
  }
})

test('a turn begins where it was sent: its span is a child of the one that was active', async () => {
  const traces = recordTraces()
  await using session = await openSession(adder, { client: scriptedModel(['Hello.']).client })
  await trace.getTracer('application').startActiveSpan('request', async (span) => {
    await session.send('Hello').result
    span.end()
  })
  expect(traces.below('request')).toEqual(['invoke_agent adder'])
})
