import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { expect, test } from 'vitest'
import { hops, toolLoop } from './agents.ts'

test.each([0, 1, 3, 10, 40])('%i tool rounds: each result reaches the model before it answers', async (rounds) => {
  const calls = Array.from({ length: rounds }, (_, round) => ({
    toolCalls: [{ name: 'add', args: { a: round, b: 100 } }],
  }))
  const model = scriptedModel([...calls, 'done'])
  await using session = await openSession(toolLoop, { client: model.client })
  const { status, text, usage } = await session.send('go').result
  expect({ status, text }).toEqual({ status: 'completed', text: 'done' })
  expect(usage.calls).toBe(rounds + 1)
  const rounded = Array.from({ length: rounds }, () => ['llm>tools', 'tools>llm']).flat()
  expect(hops(session.trace())).toEqual(['input>memory', 'memory>llm', ...rounded, 'llm>output'])
  const last = model.requests.at(-1)?.messages ?? []
  expect(last.filter(({ role }) => role === 'tool').map(({ content }) => content)).toEqual(
    Array.from({ length: rounds }, (_, round) => String(round + 100)),
  )
  model.assertComplete()
})
