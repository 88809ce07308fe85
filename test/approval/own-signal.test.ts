import { expect, test } from 'vitest'
import { defineAgent, llmNode, memoryNode, openSession, toolNode, z } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { payCall, paymentTools, type Done } from './payments.ts'

test('an agent of edges that declares `approve` itself keeps its schema; it decides calls, and else takes its edges', async () => {
  const done: Done = []
  const tools = paymentTools(done)
  const agent = defineAgent({
    id: 'own_approve',
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode({ tools }), tools: toolNode({ tools }) },
    inputs: { approve: z.object({ callId: z.string(), by: z.string() }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'input', on: 'approve', to: 'output' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'tool_call', to: 'tools' },
      { from: 'tools', on: 'tool_result', to: 'llm' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
  const model = scriptedModel([{ toolCalls: [payCall('c1')] }, 'Paid.'])
  await using session = await openSession(agent, { client: model.client })
  const seen: string[] = []
  session.on('output', ({ type }) => seen.push(type))
  await session.send('Pay').result
  await expect(session.signal('approve', { callId: 'c1' })).rejects.toThrow('by')
  const other = await session.signal('approve', { callId: 'c9', by: 'ada' })
  await other.result
  expect([seen, done]).toEqual([['approve'], []])
  const turn = await session.signal('approve', { callId: 'c1', by: 'ada' })
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'Paid.' })
  expect(done[0]).toBe('pay rent 20')
})
