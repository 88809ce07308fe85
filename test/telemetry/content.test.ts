import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { expect, test, vi } from 'vitest'
import { adder } from './agents.ts'
import { recordTraces } from './traces.ts'

const script = [
  { toolCalls: [{ name: 'fails', args: {} }] },
  { toolCalls: [{ name: 'add', args: { a: 40, b: 2 } }] },
  'My answer is forty-two.',
]

test('spans hold nothing of what was said, not even in their errors', async () => {
  const traces = recordTraces()
  await using session = await openSession(adder, { client: scriptedModel(script).client })
  await session.send('How much is a dozen pears?').result

  expect(traces.spans).toHaveLength(6)
  const text = JSON.stringify(
    traces.spans.map(({ name, attributes, status, events }) => [name, attributes, status, events]),
  )
  for (const said of ['pears', 'forty-two', 'plum', '\\"a\\":40']) expect(text).not.toContain(said)
})

test("with OpenTelemetry's variable for it they do", async () => {
  vi.stubEnv('OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT', 'true')
  const traces = recordTraces()
  await using session = await openSession(adder, { client: scriptedModel(script).client })
  await session.send('How much is a dozen pears?').result
  vi.unstubAllEnvs()

  expect(traces.one('execute_tool add').attributes).toMatchObject({
    'gen_ai.tool.call.arguments': '{"a":40,"b":2}',
    'gen_ai.tool.call.result': '42',
  })
  expect(traces.one('execute_tool fails').status.message).toContain('plum')
  const last = traces.spans.findLast(({ name }) => name === 'chat small')
  expect(last?.attributes['gen_ai.input.messages']).toContain('pears')
  expect(last?.attributes['gen_ai.output.messages']).toContain('forty-two')
})
