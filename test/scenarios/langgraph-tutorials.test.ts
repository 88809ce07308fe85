import OpenAI from 'openai'
import { memoryStore, openSession, type Agent } from 'troupe'
import { startModelServer, type ModelServer, type Script } from 'troupe/testing'
import { expect, test } from 'vitest'
import { assistedAgent, planAndExecuteAgent, reactAgent, supervisorAgent, webSearch } from './langgraph-agents.ts'

/** A client of the real package that speaks to this server. */
const clientOf = (server: ModelServer): OpenAI =>
  new OpenAI({ apiKey: 'none', baseURL: server.baseURL, maxRetries: 0, logLevel: 'off' })
const calls = (name: string, args: object, id = name): { toolCalls: { id: string; name: string; args: object }[] } => ({
  toolCalls: [{ id, name, args }],
})
const toolTexts = (request: ModelServer['requests'][number] | undefined): unknown[] =>
  (request?.messages ?? []).filter(({ role }) => role === 'tool').map(({ content }) => content)

test('ReAct: the model searches until it can answer', async () => {
  await using server = await startModelServer([
    calls('web_search', { query: 'weather in San Francisco' }),
    'It is 60 degrees and foggy.',
  ])
  const search = webSearch((query) => `${query}: 60 degrees and foggy`)
  const agent = reactAgent('react', 'You are a helpful assistant.', [search])
  await using session = await openSession(agent, { client: clientOf(server), model: 'served' })
  expect(await session.send('what is the weather in sf').result).toMatchObject({ text: 'It is 60 degrees and foggy.' })
  expect(toolTexts(server.requests[1])).toEqual(['weather in San Francisco: 60 degrees and foggy'])
})

test('plan-and-execute: each step is done by an agent, the rest is planned anew, until there is an answer', async () => {
  const script: Script = [
    calls('plan', { steps: ['Find the winner of the open', 'Find his hometown'] }, 'p1'),
    calls('web_search', { query: 'winner' }, 's1'),
    'Jannik Sinner won.',
    calls('plan', { steps: ['Find the hometown of Jannik Sinner'] }, 'p2'),
    calls('web_search', { query: 'hometown' }, 's2'),
    'He is from Sexten.',
    calls('respond', { response: 'Sexten, Italy.' }, 'p3'),
  ]
  await using server = await startModelServer(script)
  const agent = planAndExecuteAgent(webSearch((query) => `found ${query}`)) as unknown as Agent
  await using session = await openSession(agent, { client: clientOf(server), model: 'served' })
  const { status, text, usage } = await session.send('what is the hometown of the winner of the open?').result
  expect({ status, text, calls: usage.calls }).toEqual({ status: 'completed', text: 'Sexten, Italy.', calls: 7 })
  const steps = server.requests.map(({ messages }) => messages.findLast(({ role }) => role === 'user')?.content)
  expect(steps[1]).toBe('Find the winner of the open')
  expect(steps[3]).toContain('The first step is done: Jannik Sinner won.')
  expect(steps[4]).toBe('Find the hometown of Jannik Sinner')
  // The executor knows of its step only.
  expect(server.requests[4]?.messages.filter(({ role }) => role === 'user')).toHaveLength(1)
})

test('supervisor: work is assigned to a researcher, then to a mathematician, and the supervisor answers', async () => {
  await using server = await startModelServer([
    calls('research_agent', { task: 'find US and New York state GDP in 2024' }),
    calls('web_search', { query: 'GDP 2024' }),
    'US: 29.18, New York: 2.297 trillion.',
    calls('math_agent', { task: '2.297 / 29.18' }),
    calls('divide', { a: 2.297, b: 29.18 }),
    '0.0787',
    'New York had 7.87 % of the US GDP.',
  ])
  const agent = supervisorAgent(webSearch((query) => `results for ${query}`)) as unknown as Agent
  await using session = await openSession(agent, { client: clientOf(server), model: 'served' })
  expect(await session.send('what % of US GDP was New York state?').result).toMatchObject({
    text: 'New York had 7.87 % of the US GDP.',
  })
  expect(toolTexts(server.requests[6])).toEqual(['US: 29.18, New York: 2.297 trillion.', '0.0787'])
  expect(toolTexts(server.requests[5])).toEqual([String(2.297 / 29.18)])
})

test('human-in-the-loop: the turn waits for a person, over a restart, and what they say is the result of the call', async () => {
  await using server = await startModelServer([
    calls('human_assistance', { query: 'expert guidance' }, 'h1'),
    'The experts recommend a statechart.',
  ])
  const agent = assistedAgent(webSearch(() => '')) as unknown as Agent
  const store = memoryStore()
  const options = { id: '1', store, client: clientOf(server), model: 'served' }
  const before = await openSession(agent, options)
  const waiting = await before.send('I need some expert guidance. Could you request assistance?').result
  expect(waiting).toMatchObject({ status: 'waiting', pending: [{ node: 'human', undecided: ['h1'] }] })
  await before.stop()
  await using session = await openSession(agent, options)
  const turn = await session.signal('resume', { callId: 'h1', data: 'We, the experts, recommend a statechart.' })
  expect(await turn.result).toMatchObject({ traceId: '1/0.1', text: 'The experts recommend a statechart.' })
  expect(toolTexts(server.requests[1])).toEqual(['We, the experts, recommend a statechart.'])
})
