import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineAgent, openSession, setupAgent, type Agent, type Session } from '../setup/engine.ts'
import { settled } from '../setup/gate.ts'
import { testStore, type TestStore } from '../setup/test-store.ts'
import { echo, played, relayAgent, soloAgent, untilAborted, type Play } from './agents.ts'

/** Opens a session, sends, and dies when the work has come to rest; gives what a new process would find. */
async function crashed(agent: Agent, ...texts: string[]): Promise<{ store: TestStore; dead: Session }> {
  const store = testStore()
  const dead = await openSession(agent, { id: 's', store })
  const turns = texts.map((text) => dead.send(text))
  for (const { accepted } of turns) await accepted
  await settled()
  return { store: store.image(), dead }
}

/** The next result of a turn. */
function nextTurn(session: Session): Promise<{ status: string }> {
  return new Promise((resolve) => session.on('turn', resolve))
}

/** Hangs in its first attempt. */
const dyingOnce: Play = async (text, runtime) => {
  if (runtime.attempt === 1) await untilAborted(text, runtime)
  runtime.emit('said', { text: `${text} in attempt ${runtime.attempt}` })
}

test('rerun: the handler runs again for the same event with the next attempt', async () => {
  const events: unknown[] = []
  const agent = defineAgent({
    id: 'solo',
    version: 1,
    nodes: { worker: played(dyingOnce) },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
  const { store, dead } = await crashed(agent, 'hello')
  await using session = await openSession(agent, { id: 's', store })
  session.on('output', (event) => events.push(event.id))
  expect(await nextTurn(session)).toMatchObject({
    traceId: 's/0.1',
    status: 'completed',
    text: 'hello in attempt 2',
  })
  expect(new Set(events).size).toBe(1)
  await dead.stop()
})

test('an attempt is stored before it is begun, so each crash counts', async () => {
  const attempts: number[] = []
  const agent = soloAgent((text, runtime) => {
    attempts.push(runtime.attempt)
    return untilAborted(text, runtime)
  })
  const lives: Session[] = []
  const first = await crashed(agent, 'hello')
  let { store } = first
  lives.push(first.dead)
  for (let life = 0; life < 3; life++) {
    const session = await openSession(agent, { id: 's', store })
    lives.push(session)
    await settled()
    await settled()
    store = store.image()
  }
  expect(attempts).toEqual([1, 2, 3, 4])
  for (const session of lives) await session.stop()
})

test('fail: the node fails with outcome_unknown instead of running again, and that can be routed', async () => {
  const runs: string[] = []
  const agent = defineAgent({
    id: 'once_only',
    version: 1,
    nodes: {
      worker: played(
        (text, runtime) => {
          runs.push(`worker ${runtime.attempt}`)
          return untilAborted(text, runtime)
        },
        { onRestore: 'fail' },
      ),
      apology: played((_text, runtime) => {
        runs.push(`apology ${runtime.attempt}`)
        runtime.emit('said', { text: 'sorry' })
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'error', to: 'apology' },
      { from: 'apology', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
  const { store, dead } = await crashed(agent, 'hello')
  await using session = await openSession(agent, { id: 's', store })
  expect(await nextTurn(session)).toMatchObject({ status: 'completed', text: 'sorry' })
  // The node that the failure gave work to was not in flight: it is run once, for the first time.
  expect(runs).toEqual(['worker 1', 'apology 1'])
  await dead.stop()
})

test('fail, unrouted: the turn fails with outcome_unknown', async () => {
  const agent = soloAgent(untilAborted, { onRestore: 'fail' })
  const { store, dead } = await crashed(agent, 'hello')
  await using session = await openSession(agent, { id: 's', store })
  expect(await nextTurn(session)).toMatchObject({
    status: 'failed',
    error: { code: 'outcome_unknown', node: 'worker' },
  })
  await dead.stop()
})

/** A worker that asks a person after a crash. */
function askingAgent(play: Play): Agent {
  const chart = setupAgent({
    id: 'asking',
    version: 1,
    nodes: { worker: played(play, { onRestore: 'ask' }) },
    inputs: { go_on: z.null(), forget: z.null() },
  })
  return chart.createAgent({
    on: {
      'input.user_input': { actions: chart.deliver('worker') },
      'input.go_on': { actions: chart.release('worker') },
      'input.forget': { actions: chart.drop('worker') },
      'worker.said': { actions: chart.deliver('output') },
      'worker.chunk': { actions: chart.deliver('output') },
    },
  }) as unknown as Agent
}

test('ask: the event waits for a person, its turn suspends, and a signal runs it as the next attempt', async () => {
  const agent = askingAgent(dyingOnce)
  const { store, dead } = await crashed(agent, 'hello')
  await using session = await openSession(agent, { id: 's', store })
  expect(await nextTurn(session)).toMatchObject({
    traceId: 's/0.1',
    status: 'waiting',
    pending: [{ node: 'worker', type: 'user_input', data: 'hello' }],
  })
  const turn = await session.signal('go_on')
  expect(await turn.result).toMatchObject({ traceId: 's/0.1', status: 'completed', text: 'hello in attempt 2' })
  await dead.stop()
})

test('ask: it still waits after another restart, with its attempt', async () => {
  const agent = askingAgent(dyingOnce)
  const { store, dead } = await crashed(agent, 'hello')
  const second = await openSession(agent, { id: 's', store })
  await nextTurn(second)
  await second.stop()
  await using third = await openSession(agent, { id: 's', store })
  expect(third.nodeStates()['worker']?.status).toBe('waiting')
  expect(await (await third.signal('go_on')).result).toMatchObject({ text: 'hello in attempt 2' })
  await dead.stop()
})

test('ask: the turn behind it is not held up', async () => {
  const agent = askingAgent(async (text, runtime) => {
    if (text === 'stuck') await untilAborted(text, runtime)
    runtime.emit('said', { text })
  })
  const { store, dead } = await crashed(agent, 'stuck', 'next')
  await using session = await openSession(agent, { id: 's', store })
  const results: unknown[] = []
  session.on('turn', ({ traceId, status, text }) => results.push([traceId, status, text]))
  await settled()
  await settled()
  expect(results).toEqual([
    ['s/0.1', 'waiting', ''],
    ['s/0.2', 'completed', 'next'],
  ])
  await dead.stop()
})

test('a rerun first takes back what was streamed, towards the output and towards nodes that take resets', async () => {
  const heard: string[] = []
  const agent = defineAgent({
    id: 'streaming',
    version: 1,
    nodes: {
      worker: played(async (text, runtime) => {
        runtime.emit('chunk', { text: `chunk ${runtime.attempt}` })
        if (runtime.attempt === 1) await untilAborted(text, runtime)
        runtime.emit('said', { text })
      }),
      speech: {
        ...played(() => {}, { background: true, takesResets: true }),
        handler: {
          style: 'run' as const,
          run: (event: { type: string; data: unknown }) => void heard.push(`speech ${event.type}`),
        },
      },
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'chunk', to: ['speech', 'output'] },
      { from: 'worker', on: 'said', to: 'output' },
    ],
  } as never) as unknown as Agent
  const { store, dead } = await crashed(agent, 'hello')
  heard.length = 0
  await using session = await openSession(agent, { id: 's', store })
  session.on('output', ({ type, data }) => heard.push(`output ${type} ${JSON.stringify(data)}`))
  await nextTurn(session)
  await settled()
  expect(heard.filter((line) => line.startsWith('output'))).toEqual([
    'output chunk_reset {"attempt":2}',
    'output chunk {"text":"chunk 2"}',
    'output said {"text":"hello"}',
  ])
  expect(heard.filter((line) => line.startsWith('speech'))).toEqual(['speech chunk_reset', 'speech chunk'])
  await dead.stop()
})

test('inbox, queued messages and node state go on where they were', async () => {
  const order: string[] = []
  const working = { free: false }
  const agent = relayAgent(
    (text, runtime) => {
      runtime.setState({ last: text })
      for (const part of ['a', 'b', 'c']) runtime.emit('asked', { text: `${text} ${part}` })
    },
    async (text, runtime) => {
      if (!working.free) await untilAborted(text, runtime)
      order.push(text)
      runtime.emit('said', { text })
    },
  )
  const { store, dead } = await crashed(agent, 'one', 'two')
  expect(store.checkpoint('s')).toMatchObject({
    turns: [{ status: 'running' }, { status: 'queued', input: 'two' }],
    snapshot: {
      children: { second: { snapshot: { inbox: [{ data: { text: 'one b' } }, { data: { text: 'one c' } }] } } },
    },
  })
  working.free = true
  await using session = await openSession(agent, { id: 's', store })
  const results: string[] = []
  session.on('turn', ({ traceId, status }) => results.push(`${traceId} ${status}`))
  await session.idle()
  expect(results).toEqual(['s/0.1 completed', 's/0.2 completed'])
  expect(order).toEqual(['one a', 'one b', 'one c', 'two a', 'two b', 'two c'])
  expect((await session.snapshot()).snapshot).toMatchObject({
    children: { first: { snapshot: { state: { last: 'two' } } } },
  })
  await dead.stop()
})

test('a durable emit is not doubled by a rerun: what was committed is not run again', async () => {
  const runs: string[] = []
  const agent = relayAgent(
    (text, runtime) => {
      runs.push('first')
      runtime.append({ role: 'user', content: text })
      runtime.emit('asked', { text })
    },
    async (text, runtime) => {
      runs.push(`second ${runtime.attempt}`)
      if (runtime.attempt === 1) await untilAborted(text, runtime)
      runtime.append({ role: 'assistant', content: text })
      runtime.emit('said', { text })
    },
  )
  const { store, dead } = await crashed(agent, 'hello')
  await using session = await openSession(agent, { id: 's', store })
  await nextTurn(session)
  expect(runs).toEqual(['first', 'second 1', 'second 2'])
  expect((await session.messages()).map(({ role }) => role)).toEqual(['user', 'assistant'])
  const logged = (await store.log.read('s')).map(({ event }) => `${event.from}.${event.type}`)
  expect(logged).toEqual(['input.user_input', 'first.asked', 'second.said', 'turn.turn_end'])
  await dead.stop()
})

test('transient work is not restored: chunks that waited at a node are gone with their process', async () => {
  const read: string[] = []
  const agent = defineAgent({
    id: 'pieces',
    version: 1,
    nodes: {
      worker: played(async (text, runtime) => {
        runtime.emit('chunk', { text })
        runtime.emit('chunk', { text })
        if (runtime.attempt === 1) await untilAborted(text, runtime)
      }),
      reader: played(async (text, runtime) => {
        read.push(text)
        if (read.length === 1) await untilAborted(text, runtime)
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'chunk', to: 'reader' },
    ],
  }) as unknown as Agent
  const { store, dead } = await crashed(agent, 'x')
  expect(JSON.stringify(store.checkpoint('s'))).not.toContain('"chunk"')
  await using session = await openSession(agent, { id: 's', store })
  expect(await nextTurn(session)).toMatchObject({ status: 'completed' })
  expect(read).toEqual(['x', 'x', 'x'])
  await dead.stop()
})

test('state, history and context of a chart are those that were stored', async () => {
  const chart = setupAgent({
    id: 'modes',
    version: 1,
    nodes: { worker: played(echo) },
    inputs: { next: z.null(), away: z.null(), back: z.null() },
  })
  const agent = chart.createAgent({
    initial: 'here',
    states: {
      here: {
        initial: 'one',
        on: { 'input.away': 'gone' },
        states: {
          one: { on: { 'input.next': 'two' } },
          two: {},
          memory: { type: 'history' },
        },
      },
      gone: { on: { 'input.back': 'here.memory' } },
    },
  }) as unknown as Agent
  const store = testStore()
  const first = await openSession(agent, { id: 's', store })
  for (const name of ['next', 'away']) await (await first.signal(name)).result
  await first.stop()
  await using second = await openSession(agent, { id: 's', store })
  expect(second.value).toBe('gone')
  await (
    await second.signal('back')
  ).result
  expect(second.value).toEqual({ here: 'two' })
})

test('a snapshot is a checkpoint that another store restores from', async () => {
  const agent = soloAgent((_text, runtime) => {
    runtime.setState({ count: ((runtime.getState() as { count: number } | undefined)?.count ?? 0) + 1 })
    runtime.emit('said', { text: JSON.stringify(runtime.getState()) })
  })
  const first = await openSession(agent, { id: 's' })
  await first.send('one').result
  const snapshot = await first.snapshot()
  await first.send('two').result
  await first.stop()
  const store = testStore()
  await store.checkpoints.save('s', JSON.stringify(snapshot))
  await using second = await openSession(agent, { id: 's', store })
  expect(await second.send('again').result).toMatchObject({ text: '{"count":2}' })
})

test('work of an earlier process can be cancelled before it goes on', async () => {
  const attempts: number[] = []
  const agent = soloAgent((text, runtime) => {
    attempts.push(runtime.attempt)
    return untilAborted(text, runtime)
  })
  const { store, dead } = await crashed(agent, 'hello')
  await using session = await openSession(agent, { id: 's', store })
  const result = nextTurn(session)
  session.cancel('s/0.1')
  expect(await result).toMatchObject({ status: 'cancelled' })
  await settled()
  expect(attempts).toEqual([1])
  await dead.stop()
})

test('a session that is stopped at once leaves the work of an earlier process to the next', async () => {
  const attempts: number[] = []
  const agent = soloAgent(async (text, runtime) => {
    attempts.push(runtime.attempt)
    if (runtime.attempt === 1) await untilAborted(text, runtime)
    runtime.emit('said', { text })
  })
  const { store, dead } = await crashed(agent, 'hello')
  await (await openSession(agent, { id: 's', store })).stop()
  await settled()
  await using session = await openSession(agent, { id: 's', store })
  expect(await nextTurn(session)).toMatchObject({ status: 'completed', text: 'hello' })
  expect(attempts).toEqual([1, 2])
  await dead.stop()
})
