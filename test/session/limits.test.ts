import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineAgent, defineNode, openSession, setupAgent, type Agent } from '../setup/engine.ts'
import type { AgentLimits } from '../../src/core/limits.ts'
import { gate, settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { echo, played, relayAgent, soloAgent, Text, untilAborted, type Play } from './agents.ts'

/** Two nodes that ask each other for ever; with `routed`, the limit goes to a node that says which. */
function pingPong(limits: AgentLimits, routed: boolean, wrapUp: Play = () => {}): Agent {
  const ask: Play = (text, runtime) => runtime.emit('asked', { text })
  const judge = defineNode({
    input: z.object({ limit: z.string(), value: z.number() }),
    emits: { said: Text, asked: Text },
    run(event, runtime) {
      void wrapUp('', runtime as never)
      runtime.emit('said', { text: `${event.data.limit} ${event.data.value}` })
    },
  })
  return defineAgent({
    id: 'ping_pong',
    version: 1,
    nodes: {
      ping: played(ask),
      pong: played(ask),
      ...(routed ? { judge } : {}),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'ping' },
      { from: 'ping', on: 'asked', to: 'pong' },
      { from: 'pong', on: 'asked', to: 'ping' },
      ...(routed
        ? [
            { from: 'turn', on: 'limit_reached', to: 'judge' },
            { from: 'judge', on: 'asked', to: 'ping' },
            { from: 'judge', on: 'said', to: 'output' },
          ]
        : []),
    ],
    limits,
  } as never) as unknown as Agent
}

test('a turn that meets maxSteps fails and names the limit, and the next turn works', async () => {
  await using session = await openSession(pingPong({ maxSteps: 10 }, false))
  expect(await session.send('go').result).toMatchObject({
    status: 'failed',
    error: { code: 'limit_reached', message: expect.stringContaining('maxSteps = 10') as string },
  })
  expect(session.trace().filter(({ to }) => to === 'ping' || to === 'pong')).toHaveLength(10)
  expect(await session.send('go').result).toMatchObject({ status: 'failed' })
})

test('a routed turn.limit_reached lets the turn wind up', async () => {
  await using session = await openSession(pingPong({ maxSteps: 10 }, true))
  expect(await session.send('go').result).toMatchObject({ status: 'completed', text: 'maxSteps 10', error: null })
})

test('winding up has an end too', async () => {
  const again: Play = (text, runtime) => runtime.emit('asked', { text })
  await using session = await openSession(pingPong({ maxSteps: 10 }, true, again))
  expect(await session.send('go').result).toMatchObject({
    status: 'failed',
    error: { code: 'limit_reached' },
  })
})

const Calls = z.object({ calls: z.array(z.object({ id: z.string(), name: z.string() })) })

/** A model that calls tools for ever; every call goes to the tools and to an audit. */
function callingAgent(limits: AgentLimits, progress: number[] = []): Agent {
  const call = defineNode({
    input: z.any(),
    emits: { tool_call: Calls },
    run: (_event, runtime) => runtime.emit('tool_call', { calls: [{ id: '1', name: 'look' }] }),
  })
  const tools = defineNode({
    input: Calls,
    emits: { tool_result: z.object({}) },
    run: (_event, runtime) => runtime.emit('tool_result', {}),
  })
  return defineAgent({
    id: 'calling',
    version: 1,
    nodes: { llm: call, tools, audit: defineNode({ input: Calls, emits: {}, run() {} }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'llm' },
      {
        from: 'llm',
        on: 'tool_call',
        to: ['tools', 'audit'],
        when: {
          name: 'notes',
          test: (_data: unknown, turn: { toolRounds: number }) => progress.push(turn.toolRounds) > 0,
        },
      },
      { from: 'tools', on: 'tool_result', to: 'llm' },
    ],
    limits,
  } as never) as unknown as Agent
}

test('maxToolRounds counts tool_call events, however many nodes get them, and a predicate sees the count', async () => {
  const progress: number[] = []
  await using session = await openSession(callingAgent({ maxToolRounds: 3 }, progress))
  expect(await session.send('go').result).toMatchObject({
    status: 'failed',
    error: { code: 'limit_reached', message: expect.stringContaining('maxToolRounds = 3') as string },
  })
  expect(session.trace().filter(({ to }) => to === 'tools')).toHaveLength(3)
  expect(progress).toEqual([0, 1, 2, 3])
})

test('a turn that is not through at its deadline fails, and its handler is aborted', async () => {
  const clock = manualClock()
  const working = gate()
  const agent = soloAgent(
    async (text, runtime) => {
      if (text === 'quick') return runtime.emit('said', { text })
      void working.pass()
      await untilAborted(text, runtime)
    },
    { limits: { deadline: 5_000 } },
  )
  await using session = await openSession(agent, { clock })
  const turn = session.send('long')
  await working.reached
  clock.advance(4_999)
  expect(session.nodeStates()['worker']?.status).toBe('running')
  clock.advance(1)
  expect(await turn.result).toMatchObject({
    status: 'failed',
    error: { code: 'limit_reached', message: expect.stringContaining('deadline = 5000') as string },
  })
  expect(await session.send('quick').result).toMatchObject({ status: 'completed' })
  expect(clock.pending).toBe(0)
})

test('the time that a message is queued counts for its deadline', async () => {
  const clock = manualClock()
  const agent = soloAgent(untilAborted, { limits: { deadline: 5_000 } })
  await using session = await openSession(agent, { clock })
  const first = session.send('long')
  clock.advance(3_000)
  const second = session.send('long')
  clock.advance(2_000)
  expect(await first.result).toMatchObject({ status: 'failed' })
  clock.advance(2_999)
  expect(session.nodeStates()['worker']?.status).toBe('running')
  clock.advance(1)
  expect(await second.result).toMatchObject({ status: 'failed' })
})

test('turns that a signal or a timer opens have a deadline too', async () => {
  const chart = setupAgent({
    id: 'other_turns',
    version: 1,
    nodes: { worker: played(untilAborted) },
    inputs: { poke: z.null() },
    delays: { hour: 3_600_000 },
    limits: { deadline: 5_000 },
  })
  const agent = chart.createAgent({
    initial: 'first',
    on: { 'input.poke': { actions: chart.deliver('worker') } },
    states: { first: { after: { hour: { target: 'second', actions: chart.deliver('worker') as never } } }, second: {} },
  }) as unknown as Agent
  const clock = manualClock()
  await using session = await openSession(agent, { clock })
  const signalled = await session.signal('poke')
  clock.advance(5_000)
  expect(await signalled.result).toMatchObject({ status: 'failed', error: { code: 'limit_reached' } })
  const timed = new Promise((resolve) => session.on('turn', resolve))
  clock.advance(3_600_000)
  expect(await timed).toMatchObject({ status: 'failed', error: { code: 'limit_reached' } })
})

test('a durable event over maxInbox fails its turn: nothing of it is dropped in silence', async () => {
  const agent = relayAgent(
    (_text, runtime) => {
      for (let index = 0; index < 5; index++) runtime.emit('asked', { text: String(index) })
    },
    untilAborted,
    { limits: { maxInbox: 3 } },
  )
  await using session = await openSession(agent)
  expect(await session.send('go').result).toMatchObject({
    status: 'failed',
    error: { code: 'limit_reached', message: expect.stringContaining('maxInbox = 3') as string },
  })
})

test('what a node holds counts for maxInbox', async () => {
  const chart = setupAgent({
    id: 'holding',
    version: 1,
    nodes: { worker: played(echo) },
    limits: { maxInbox: 2 },
  })
  const agent = chart.createAgent({ on: { 'input.user_input': { actions: chart.hold('worker') } } }) as unknown as Agent
  await using session = await openSession(agent)
  expect((await session.send('one').result).status).toBe('waiting')
  expect((await session.send('two').result).status).toBe('waiting')
  expect(await session.send('three').result).toMatchObject({ status: 'failed', error: { code: 'limit_reached' } })
})

test('chunks that pile up behind a slow handler are joined, so its inbox stays small', async () => {
  const reading = gate()
  const read: string[] = []
  const agent = defineAgent({
    id: 'slow_reader',
    version: 1,
    nodes: {
      worker: played((_text, runtime) => {
        for (let index = 0; index < 2_000; index++) runtime.emit('chunk', { text: 'x' })
      }),
      reader: played(async (text) => {
        read.push(text)
        await reading.pass()
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'chunk', to: 'reader' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent)
  const turn = session.send('go')
  await reading.reached
  reading.open()
  await turn.result
  expect(read.join('')).toHaveLength(2_000)
  expect(read.length).toBeLessThan(50)
})

test('a message over maxQueuedInputs is refused, and nothing of it is kept', async () => {
  const working = gate()
  const agent = soloAgent((text, runtime) => working.pass().then(() => runtime.emit('said', { text })), {
    limits: { maxQueuedInputs: 2 },
  })
  await using session = await openSession(agent)
  const turns = ['one', 'two', 'three'].map((text) => session.send(text))
  const refused = session.send('four', { id: 'four' })
  await expect(refused.result).rejects.toMatchObject({ code: 'session_busy' })
  await expect(refused.accepted).rejects.toMatchObject({ code: 'session_busy' })
  working.open()
  expect(await Promise.all(turns.map(async ({ result }) => (await result).text))).toEqual(['one', 'two', 'three'])
  expect(await session.send('four', { id: 'four' }).result).toMatchObject({ status: 'completed', text: 'four' })
})

test('the trace keeps its newest hops only', async () => {
  await using session = await openSession(soloAgent(echo, { limits: { maxTrace: 5 } }), { id: 's' })
  for (let turn = 0; turn < 20; turn++) await session.send('hello').result
  expect(session.trace()).toHaveLength(5)
  expect(session.trace().at(-1)).toMatchObject({ from: 'worker', to: 'output', traceId: 's/0.20' })
  await settled()
})

test('at a routed deadline what was at work is given up, and its turn winds up', async () => {
  const clock = manualClock()
  const agent = defineAgent({
    id: 'in_time',
    version: 1,
    nodes: { worker: played(untilAborted), last: played((_text, runtime) => runtime.emit('said', { text: 'sorry' })) },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'turn', on: 'limit_reached', to: 'last' },
      { from: 'last', on: 'said', to: 'output' },
    ],
    limits: { deadline: 1_000 },
  }) as unknown as Agent
  await using session = await openSession(agent, { clock })
  const turn = session.send('go')
  clock.advance(1_000)
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'sorry', error: null })
  expect(clock.pending).toBe(0)
})

test('a turn that winds up for too long fails all the same', async () => {
  const clock = manualClock()
  const agent = defineAgent({
    id: 'too_late',
    version: 1,
    nodes: { worker: played(untilAborted), last: played(untilAborted) },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'turn', on: 'limit_reached', to: 'last' },
    ],
    limits: { deadline: 1_000 },
  }) as unknown as Agent
  await using session = await openSession(agent, { clock })
  const turn = session.send('go')
  clock.advance(1_999)
  expect(session.nodeStates()).toMatchObject({ worker: { status: 'idle' }, last: { status: 'running' } })
  clock.advance(1)
  expect(await turn.result).toMatchObject({ status: 'failed', error: { code: 'limit_reached' } })
})

test('a limit that is there but undefined is one that is not set', async () => {
  await using session = await openSession(pingPong({ maxSteps: undefined } as unknown as AgentLimits, false))
  expect(await session.send('go').result).toMatchObject({
    status: 'failed',
    error: { message: expect.stringContaining('maxSteps = 256') as string },
  })
})

test('eventless transitions that lead in a circle fail their turn instead of hanging the process', async () => {
  const chart = setupAgent({ id: 'circle', version: 1, nodes: { worker: played(echo) } })
  const agent = chart.createAgent({
    initial: 'a',
    states: { a: { on: { 'input.user_input': 'b' } }, b: { always: 'c' }, c: { always: 'b' } },
  }) as unknown as Agent
  await using session = await openSession(agent)
  expect(await session.send('go').result).toMatchObject({
    status: 'failed',
    error: { code: 'transition_failed', message: expect.stringContaining('nfinite loop') as string },
  })
  expect(session.value).toBe('a')
})

test('a session whose first state leads in a circle does not open', async () => {
  const chart = setupAgent({ id: 'circle', version: 1, nodes: { worker: played(echo) } })
  const agent = chart.createAgent({ initial: 'b', states: { b: { always: 'c' }, c: { always: 'b' } } })
  await expect(openSession(agent as unknown as Agent)).rejects.toMatchObject({ code: 'session_start' })
})
