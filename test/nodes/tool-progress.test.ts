import { expect, test } from 'vitest'
import { defineAgent, defineTool, llmNode, memoryNode, openSession, toolNode, z } from 'troupe'
import { fakeRuntime, scriptedModel } from 'troupe/testing'

type Report = (data: string) => void
let kept: Report | undefined
const count = defineTool({
  name: 'count',
  description: 'Counts.',
  parameters: z.object({ to: z.number() }),
  idempotent: true,
  run({ to }, { progress }) {
    for (let done = 1; done <= to; done++) progress({ done })
    kept = progress
    return 'counted'
  },
})
const tools = toolNode({ tools: [count] })

test('reaches the client through an edge while the call runs, and is stored nowhere', async () => {
  const agent = defineAgent({
    id: 'counter',
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode({ tools: [count] }), tools },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'tool_call', to: 'tools' },
      { from: 'tools', on: 'tool_progress', to: 'output' },
      { from: 'tools', on: 'tool_result', to: 'llm' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
  const model = scriptedModel([{ toolCalls: [{ id: 'c1', name: 'count', args: { to: 2 } }] }, 'Done.'])
  await using session = await openSession(agent, { client: model.client })
  const turn = session.send('Count')
  const seen = []
  for await (const { type, data, transient } of turn) seen.push({ type, data, transient })
  expect(seen).toMatchObject([
    { type: 'tool_progress', data: { callId: 'c1', name: 'count', data: { done: 1 }, attempt: 1 }, transient: true },
    { type: 'tool_progress', data: { callId: 'c1', name: 'count', data: { done: 2 }, attempt: 1 }, transient: true },
    { type: 'llm_result' },
  ])
  expect(session.trace().map(({ eventType }) => eventType)).not.toContain('tool_progress')
})

test('begins anew when the calls are run again after a crash', async () => {
  const runtime = fakeRuntime(tools)
  const calls = [{ id: 'c1', name: 'count' as const, args: { to: 1 } }]
  await runtime.handle({ window: runtime.window(), calls }, { attempt: 2 })
  expect(runtime.transient).toEqual([
    { type: 'tool_progress_reset', data: { attempt: 2 } },
    { type: 'tool_progress', data: { callId: 'c1', name: 'count', data: { done: 1 }, attempt: 2 } },
  ])
})

test('of a call that is over has no effect', async () => {
  const runtime = fakeRuntime(tools)
  await runtime.handle({ window: runtime.window(), calls: [{ id: 'c1', name: 'count', args: { to: 0 } }] })
  kept?.('late')
  expect(runtime.transient).toEqual([])
})
