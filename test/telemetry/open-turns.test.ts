import { hold, scriptedModel } from 'troupe/testing'
import { openSession } from 'troupe'
import { expect, test } from 'vitest'
import { adder } from './agents.ts'
import { recordTraces } from './traces.ts'

test('the span of a turn that a stop cuts off ends, and says so', async () => {
  const traces = recordTraces()
  const gate = hold()
  const session = await openSession(adder, { client: scriptedModel([{ text: ['Wait', gate] }]).client })
  session.send('Hello')
  await gate.reached
  await session.stop()

  expect(traces.one('invoke_agent adder').attributes['troupe.turn.status']).toBe('interrupted')
  expect(traces.one('chat small').attributes['error.type']).toBe('model_aborted')
})

test('two sessions at once keep their calls apart', async () => {
  const traces = recordTraces()
  const gate = hold()
  const slow = scriptedModel([{ text: [gate, 'Slow.'] }])
  await using first = await openSession(adder, { id: 'first', client: slow.client })
  await using second = await openSession(adder, { id: 'second', client: scriptedModel(['Fast.']).client })
  const turn = first.send('Hello')
  await gate.reached
  await second.send('Hello').result
  gate.release()
  await turn.result

  const turns = traces.spans.filter(({ name }) => name === 'invoke_agent adder')
  const calls = traces.spans.filter(({ name }) => name === 'chat small')
  expect(turns.map((span) => span.attributes['gen_ai.conversation.id'])).toEqual(['second', 'first'])
  expect(calls.map((span) => span.parentSpanContext?.spanId)).toEqual(turns.map((span) => span.spanContext().spanId))
})
