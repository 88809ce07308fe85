import OpenAI from 'openai'
import { defineAgent, llmNode, memoryNode, openSession, overBudget, setupAgent, type AgentLimits } from 'troupe'
import { startModelServer } from 'troupe/testing'
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/store/memory-store.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { played, soloAgent } from './agents.ts'

const spend = (tokens: number, cost?: number) => ({
  inputTokens: tokens,
  outputTokens: 0,
  totalTokens: tokens,
  calls: 1,
  ...(cost === undefined ? {} : { cost }),
})

/** Spends what the text says: tokens, and money where it is given. */
function spendingAgent(limits: AgentLimits) {
  return soloAgent(
    (text, runtime) => {
      const [tokens = 0, cost] = text.split(' ').map(Number)
      runtime.addUsage(spend(tokens, cost))
      runtime.emit('said', { text })
    },
    { limits },
  )
}

test('an edge degrades to a cheaper model at 80 % of the session’s tokens, and at 100 % the turn fails', async () => {
  const usage = { input: 30, output: 10 }
  await using server = await startModelServer(Array.from({ length: 9 }, () => ({ text: 'Yes.', usage })))
  const client = new OpenAI({ apiKey: 'none', baseURL: server.baseURL, maxRetries: 0, logLevel: 'off' })
  const agent = defineAgent({
    id: 'thrifty',
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode({ model: 'large' }), cheap: llmNode({ model: 'small' }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'cheap', when: overBudget('tokens', 0.8) },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'llm_result', to: 'output' },
      { from: 'cheap', on: 'llm_result', to: 'output' },
    ],
    limits: { maxSessionTokens: 100 },
  })
  const store = memoryStore()
  const first = await openSession(agent, { id: 's', store, client })
  for (const text of ['one', 'two']) expect((await first.send(text).result).status).toBe('completed')
  await first.stop()
  await using session = await openSession(agent, { id: 's', store, client })
  const third = await session.send('three').result
  expect(third.status).toBe('completed')
  expect(server.requests.map(({ model }) => model)).toEqual(['large', 'large', 'small'])
  expect(await session.send('four').result).toMatchObject({
    status: 'failed',
    error: { code: 'limit_reached', message: expect.stringContaining('maxSessionTokens = 100') as string },
  })
  expect(session.usage).toMatchObject({ totalTokens: 120, calls: 3 })
})

test('each budget of a turn stops it when it is used up, but not what it has said already', async () => {
  const limited = async (limits: AgentLimits, text: string): Promise<string | undefined> => {
    const agent = defineAgent({
      id: 'relay',
      version: 1,
      nodes: {
        first: played((spoken, runtime) => {
          const [tokens = 0, cost] = spoken.split(' ').map(Number)
          runtime.addUsage(spend(tokens, cost))
          runtime.emit('said', { text: spoken })
          runtime.emit('asked', { text: spoken })
        }),
        second: played(() => {}),
      },
      edges: [
        { from: 'input', on: 'user_input', to: 'first' },
        { from: 'first', on: 'said', to: 'output' },
        { from: 'first', on: 'asked', to: 'second' },
      ],
      limits,
    })
    await using session = await openSession(agent)
    const { error, text: said } = await session.send(text).result
    expect(said).toBe(text)
    return error?.message.replace(/^.*limit /, '').replace(/\. .*/, '')
  }
  expect(await limited({ maxTokens: 100 }, '99')).toBeUndefined()
  expect(await limited({ maxTokens: 100 }, '100')).toBe('maxTokens = 100')
  expect(await limited({ maxModelCalls: 1 }, '0')).toBe('maxModelCalls = 1')
  expect(await limited({ maxCost: 0.5 }, '1 0.4')).toBeUndefined()
  expect(await limited({ maxCost: 0.5 }, '1 0.5')).toBe('maxCost = 0.5')
  expect(await limited({ maxSessionCost: 0.5 }, '1 0.6')).toBe('maxSessionCost = 0.5')
})

test('a chart sees what is left, of the turn and of the session', async () => {
  const clock = manualClock()
  const seen: unknown[] = []
  const chart = setupAgent({
    id: 'seeing',
    version: 1,
    nodes: {
      worker: played((text, runtime) => {
        runtime.addUsage(spend(60))
        runtime.emit('said', { text })
      }),
    },
    guards: {
      looks: ({ event }) => {
        const { budget, session } = (event as unknown as { turn: { budget: object; session: object } }).turn
        seen.push({ budget, session })
        return false
      },
    },
    limits: { maxTokens: 100, maxSessionTokens: 240, deadline: 1_000, maxSessionTime: 10_000 },
  })
  const agent = chart.createAgent({
    initial: 'rich',
    on: { 'input.user_input': { actions: chart.deliver('worker') } },
    states: {
      rich: {
        on: {
          'worker.said': [
            { guard: 'looks' },
            { guard: chart.overBudget('tokens', 0.75), target: 'poor', actions: chart.deliver('output') },
            { actions: chart.deliver('output') },
          ],
        },
      },
      poor: {},
    },
  })
  await using session = await openSession(agent, { clock })
  await session.send('one').result
  clock.advance(5_000)
  await session.send('two').result
  expect(session.value).toBe('rich')
  expect(seen).toMatchObject([
    { budget: { tokens: 0.4, cost: null, time: 1 }, session: { budget: { tokens: 0.75, time: 1 } } },
    { budget: { tokens: 0.4, time: 1 }, session: { usage: { totalTokens: 120 }, budget: { tokens: 0.5, time: 0.5 } } },
  ])
  await session.send('three').result
  expect(session.value).toBe('poor')
})

test('what open turns use is counted, and kept over a restore', async () => {
  const store = memoryStore()
  const agent = spendingAgent({ maxSessionModelCalls: 2 })
  const first = await openSession(agent, { id: 's', store })
  await first.send('7').result
  await first.stop()
  await using session = await openSession(agent, { id: 's', store })
  expect(session.usage).toMatchObject({ totalTokens: 7, calls: 1 })
  await session.send('8').result
  expect(await session.send('9').result).toMatchObject({ error: { code: 'limit_reached' } })
  expect(session.usage).toMatchObject({ totalTokens: 15, calls: 2 })
})

test('a budget that there is not, and a limit that is none, are refused', () => {
  expect(() => overBudget('sleep' as never, 0.5)).toThrow("overBudget('sleep', 0.5)")
  expect(() => overBudget('tokens', 2)).toThrow('a share above 0, at most 1')
  expect(() => spendingAgent({ maxCost: -1 })).toThrow("limit 'maxCost' is -1, not a number from 0")
  expect(() => spendingAgent({ maxTokens: 1.5 })).toThrow("limit 'maxTokens' is 1.5, not a whole number from 0")
})
