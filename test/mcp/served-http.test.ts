import { expect, test, vi } from 'vitest'
import type { Agent } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { toolLoop } from '../scenarios/agents.ts'
import { payCall, payments } from '../approval/payments.ts'
import { startServing } from '../server/serving.ts'
import { ask, httpClient } from './agent-client.ts'

const agents = [toolLoop as unknown as Agent]

test('an MCP client asks an agent, hears it while it answers, and goes on with the conversation', async () => {
  const model = scriptedModel([{ text: ['Hel', 'lo.'] }, 'You said: hi.'])
  const { url, pool } = await startServing({ agents, poolOptions: { client: model.client } })
  const client = await httpClient(`${url}/mcp`)
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['ask_tool_loop'])

  const heard: unknown[] = []
  const first = await ask(client, 'tool_loop', { message: 'hi', session_id: 'ada' }, (message) => heard.push(message))
  expect(first.content).toEqual([{ type: 'text', text: 'Hello.' }])
  expect(first.answer).toEqual({ session_id: 'ada', status: 'completed', text: 'Hello.' })
  // The client drops what arrives together with the answer.
  expect(heard[0]).toBe('Hel')

  const session_id = 'ada'
  const second = await ask(client, 'tool_loop', { message: 'What did I say?', session_id })
  expect(second.answer).toEqual({ session_id, status: 'completed', text: 'You said: hi.' })
  expect(model.requests[1]?.messages.map(({ content }) => content)).toEqual(['hi', 'Hello.', 'What did I say?'])
  expect(await pool.use(session_id, (session) => session.messages())).toHaveLength(4)
})

test('nothing is kept of a question without a session id', async () => {
  const model = scriptedModel(['One.', { toolCalls: [payCall('c1')] }])
  const { url, pool } = await startServing({
    agents: [...agents, payments() as unknown as Agent],
    poolOptions: { client: model.client },
  })
  const client = await httpClient(`${url}/mcp`)
  const { answer, isError } = await ask(client, 'tool_loop', { message: 'hi' })
  expect([answer, isError]).toEqual([{ status: 'completed', text: 'One.' }, undefined])

  const waiting = await ask(client, 'payments', { message: 'Pay' })
  expect([waiting.answer.status, waiting.isError]).toEqual(['waiting', true])
  expect((waiting.content as { text: string }[])[0]?.text).toContain('Ask again with a session_id.')
  expect((await pool.store.checkpoints.list()).length).toBe(0)
  await vi.waitFor(() => expect(pool.stats().live).toBe(0))
})

test('the graph of an agent is a resource', async () => {
  const { url } = await startServing({ agents })
  const client = await httpClient(`${url}/mcp`)
  const { resources } = await client.listResources()
  expect(resources.map(({ uri }) => uri)).toEqual(['troupe://agents/tool_loop/graph'])
  const { contents } = await client.readResource({ uri: 'troupe://agents/tool_loop/graph' })
  const [content] = contents as { text: string }[]
  expect(JSON.parse(content?.text ?? '')).toMatchObject({ nodes: expect.arrayContaining([{ id: 'llm', kind: 'llm' }]) })
})

test('a call that waits for a person is told as that, and no tool decides it', async () => {
  const model = scriptedModel([{ toolCalls: [payCall('c1')] }])
  const served = await startServing({
    agents: [payments() as unknown as Agent],
    poolOptions: { client: model.client },
  })
  const client = await httpClient(`${served.url}/mcp`)
  const { answer, content } = await ask(client, 'payments', { message: 'Pay', session_id: 'ada' })
  expect(answer).toMatchObject({ session_id: 'ada', status: 'waiting' })
  expect(content).toEqual([{ type: 'text', text: "The session 'ada' waits for a person to decide: c1." }])
  expect((await client.listTools()).tools).toHaveLength(1)
})

test('a failed turn, a bad session id and a session of another agent are errors that say so', async () => {
  const model = scriptedModel([{ status: 400, message: 'no such model' }])
  const { url, pool } = await startServing({
    agents: [...agents, payments() as unknown as Agent],
    poolOptions: { client: model.client },
  })
  await pool.create('payments', { id: 'theirs' })
  const client = await httpClient(`${url}/mcp`)
  const failures = [
    await ask(client, 'tool_loop', { message: 'hi' }),
    await ask(client, 'tool_loop', { message: 'hi', session_id: '../etc' }),
    await ask(client, 'tool_loop', { message: 'hi', session_id: 'theirs' }),
  ].map(({ isError, content }) => [isError, (content as { text: string }[])[0]?.text])
  expect(failures).toEqual([
    [true, expect.stringContaining('no such model')],
    [true, expect.stringContaining("'../etc' is no session id")],
    [true, "The session is one of the agent 'payments'."],
  ])
})
