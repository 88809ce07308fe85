import { expect, test } from 'vitest'
import { defineAgent, defineTool, llmNode, memoryNode, openSession, teamNode, z, type Agent } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { gate } from '../setup/gate.ts'
import { echo, soloAgent } from '../session/agents.ts'
import { approvalAgent } from '../session/nested/agents.ts'
import { testStore } from '../setup/test-store.ts'

const clock = defineTool({ name: 'clock', description: 'Tells the time.', parameters: z.object({}), run: () => 'noon' })

/** An llm that supervises a team. */
function supervisor(agents: Readonly<Record<string, Agent>>, slots?: number): Agent {
  const team = teamNode({
    agents: Object.fromEntries(
      Object.entries(agents).map(([name, agent]) => [name, { agent, description: `Does ${name}.` }]),
    ),
    tools: [clock],
    ...(slots === undefined ? {} : { slots }),
  })
  return defineAgent({
    id: 'supervisor',
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode({ tools: team.tools }), team },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'tool_call', to: 'team' },
      { from: 'team', on: 'tool_result', to: 'llm' },
      { from: 'team', on: 'agent_chunk', to: 'output' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  } as never) as unknown as Agent
}

const call = (name: string, args: object, id = name): { id: string; name: string; args: object } => ({ id, name, args })

test('each call named after an agent is done by that agent, the others by tools, in the order of the calls', async () => {
  const model = scriptedModel([
    {
      toolCalls: [
        call('writer', { task: 'a poem' }, 'c1'),
        call('clock', {}, 'c2'),
        call('writer', { task: 'a song' }, 'c3'),
        call('nobody', {}, 'c4'),
        call('writer', { job: 1 }, 'c5'),
      ],
    },
    'There.',
  ])
  const writer = soloAgent((text, runtime) => runtime.emit('said', { text: `here is ${text}` }))
  await using session = await openSession(supervisor({ writer }), { id: 's', client: model.client })
  expect(await session.send('Write').result).toMatchObject({ status: 'completed', text: 'There.', usage: { calls: 2 } })
  const results = (await session.messages()).filter(({ role }) => role === 'tool')
  expect(results.map(({ content }) => (content as string).split('\n')[0])).toEqual([
    'here is a poem',
    'noon',
    'here is a song',
    "Error: there is no tool 'nobody'. The tools are: writer, clock.",
    "Error: the arguments of 'writer' are not valid:",
  ])
  const offered = model.requests[0]?.tools?.map((tool) => (tool as { function: { name: string } }).function.name)
  expect(offered).toEqual(['writer', 'clock'])
})

test('agents work at the same time, as many as there are slots; the others wait for one', async () => {
  const model = scriptedModel([{ toolCalls: ['a', 'b', 'c'].map((task) => call('worker', { task }, task)) }, 'Done.'])
  const gates = new Map(['a', 'b', 'c'].map((task) => [task, gate()]))
  const worker = soloAgent(async (text, runtime) => {
    await gates.get(text)?.pass()
    return echo(text, runtime)
  })
  await using session = await openSession(supervisor({ worker }, 2), { id: 's', client: model.client })
  const turn = session.send('Work')
  await gates.get('b')?.reached
  const paths = (): string[] => Object.keys(session.nodeStates()['team']?.nodes ?? {})
  expect(paths()).toEqual(['team/worker_0/worker', 'team/worker_1/worker'])
  gates.get('a')?.open()
  await gates.get('c')?.reached
  expect(paths().sort()).toEqual(['team/worker_0/worker', 'team/worker_1/worker'])
  gates.get('b')?.open()
  gates.get('c')?.open()
  expect(await turn.result).toMatchObject({ status: 'completed' })
})

test('an agent that fails is a result that says so, and the turn goes on', async () => {
  const model = scriptedModel([{ toolCalls: [call('worker', { task: 'x' })] }, 'Sorry.'])
  const worker = soloAgent(() => {
    throw new Error('out of paper')
  })
  await using session = await openSession(supervisor({ worker }), { id: 's', client: model.client })
  expect(await session.send('Work').result).toMatchObject({ status: 'completed', text: 'Sorry.' })
  expect((await session.messages()).map(({ content }) => content)).toContain("Error: 'worker' failed: out of paper")
})

test('an agent with a model of its own streams as agent_chunk, and what it uses counts', async () => {
  const inner = defineAgent({
    id: 'inner',
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode() },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'llm_chunk', to: 'output' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
  const model = scriptedModel([
    { toolCalls: [call('writer', { task: 'a poem' }, 'c1')] },
    { text: ['Ro', 'ses'] },
    'There.',
  ])
  await using session = await openSession(supervisor({ writer: inner as never }), { id: 's', client: model.client })
  const turn = session.send('Write')
  const chunks = []
  for await (const { type, data } of turn) if (type === 'agent_chunk') chunks.push(data)
  expect(chunks.slice(0, 2)).toEqual([
    { callId: 'c1', agent: 'writer', text: 'Ro', attempt: 1 },
    { callId: 'c1', agent: 'writer', text: 'ses', attempt: 1 },
  ])
  expect((await turn.result).usage.calls).toBe(3)
})

test('calls that are done when one waits for a person, or when the process dies, stay done', async () => {
  const done: string[] = []
  const quick = soloAgent((text, runtime) => {
    done.push(text)
    return echo(text, runtime)
  })
  const agent = supervisor({ quick, careful: approvalAgent() })
  const script = [{ toolCalls: [call('quick', { task: 'now' }), call('careful', { task: 'later' })] }]
  const store = testStore()
  const dead = await openSession(agent, { id: 's', store, client: scriptedModel(script).client })
  expect(await dead.send('Work').result).toMatchObject({
    status: 'waiting',
    pending: [{ node: 'team/careful_1/worker', data: 'later' }],
  })
  const client = scriptedModel(['All done.']).client
  await using session = await openSession(agent, { id: 's', store: store.image(), client })
  const turn = await session.signal('approve', {})
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'All done.' })
  expect(done).toEqual(['now'])
  await dead.stop()
})

test('two of one name, and an agent named tools beside tools, are told when the node is made', () => {
  const agent = soloAgent(echo)
  expect(() => supervisor({ clock: agent })).toThrow('same name')
  expect(() => supervisor({ tools: agent })).toThrow("no agent may be named 'tools'")
  expect(() => teamNode({ agents: {} })).toThrow('made of no agents')
})

test('an answer that is too long is cut, and a team refuses to be retried', async () => {
  const model = scriptedModel([{ toolCalls: [call('writer', { task: 'a novel' })] }, 'There.'])
  const writer = soloAgent((_text, runtime) => runtime.emit('said', { text: 'word '.repeat(30_000) }))
  await using session = await openSession(supervisor({ writer }), { id: 's', client: model.client })
  await session.send('Write').result
  const [result] = (await session.messages()).filter(({ role }) => role === 'tool')
  expect(result?.content).toHaveLength(65_536 + '\n[cut here: 84464 of 150000 bytes are left out]'.length)
  const agents = { writer: { agent: writer, description: 'Writes.' } }
  expect(() => teamNode({ agents, maxResultBytes: 0 })).toThrow(/maxResultBytes is 0/)
  expect(() => teamNode({ agents, supervision: { retry: { max: 1 } } as never })).toThrow(/not for a team/)
})
