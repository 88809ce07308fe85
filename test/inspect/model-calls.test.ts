import { expect, onTestFinished, test } from 'vitest'
import { defineAgent, llmNode, memoryNode, modelClient, openSession } from 'troupe'
import { startModelServer, type Script } from 'troupe/testing'
import type { ModelRecord } from '../../src/inspect/protocol.ts'
import { lookedAt } from './looked-at.ts'

const agent = defineAgent({
  id: 'talker',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode({ system: 'Be brief.' }) },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

async function talk(script: Script) {
  const model = await startModelServer(script)
  onTestFinished(() => model.close())
  const { inspector, connect } = await lookedAt()
  const client = modelClient({ apiKey: 'sk-very-secret', baseURL: `${model.baseURL}`, maxRetries: 0 })
  const session = await openSession(agent, { id: 'talk-1', inspector, client, model: 'tiny' })
  onTestFinished(() => session.stop())
  await session.send('Hello?').result
  const reader = await connect()
  const { records } = await reader.ask({ type: 'history', session: 'talk-1', before: 1_000 })
  const calls = records.filter((record): record is ModelRecord => record.kind === 'model')
  return { reader, calls, model, records }
}

test('a call of a model is recorded with request, answer and what the server sent, without the key', async () => {
  const { reader, calls, model, records } = await talk(['Hello to you.'])
  expect(calls).toMatchObject([
    {
      node: 'llm',
      traceId: 'talk-1/0.1',
      model: 'tiny',
      url: `${model.baseURL}/chat/completions`,
      streamed: true,
      status: 200,
      finishReason: 'stop',
      messages: 2,
    },
  ])
  const [call] = calls
  expect(call?.usage?.totalTokens).toBeGreaterThan(0)
  expect(call?.firstTextAt).toBeGreaterThanOrEqual(call?.startedAt ?? Infinity)
  const { exchange } = await reader.ask({ type: 'detail', session: 'talk-1', seq: call?.seq ?? 0 })
  expect(exchange).toMatchObject({
    request: {
      method: 'POST',
      body: {
        model: 'tiny',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hello?' },
        ],
      },
    },
    response: { status: 200, answer: { text: 'Hello to you.' } },
  })
  expect(exchange?.request.body).toMatchObject(model.requests[0] ?? {})
  expect(exchange?.response.raw).toContain('chat.completion.chunk')
  expect(reader.texts.join('')).not.toContain('sk-very-secret')

  const chunks = records.find(({ kind }) => kind === 'chunks')
  expect(chunks).toMatchObject({ from: 'llm', type: 'llm_chunk', text: 'Hello to you.' })
})

test('a call that fails is recorded with its error', async () => {
  const { calls, records } = await talk([{ status: 400, message: 'no such model' }])
  expect(calls).toMatchObject([{ status: null, usage: null, error: { name: 'ModelError' } }])
  expect(calls[0]?.error?.message).toContain('no such model')
  expect(records.find(({ kind }) => kind === 'job')).toBeDefined()
  expect(records.findLast((record) => record.kind === 'job')).toMatchObject({ node: 'llm', status: 'failed' })
})
