import { expect, test } from 'vitest'
import { z } from 'zod'
import { ChunkData } from '../../../src/core/payloads.ts'
import { mapNode } from '../../../src/nodes/map-node.ts'
import { teamNode } from '../../../src/nodes/team-node.ts'
import { defineAgent, defineNode, openSession, UserInput, type Agent } from '../../setup/engine.ts'
import { settled } from '../../setup/gate.ts'
import { manualClock } from '../../setup/manual-clock.ts'
import { testStore } from '../../setup/test-store.ts'
import { soloAgent, Text, untilAborted } from '../agents.ts'
import { approvalAgent, around, nextTurn } from './agents.ts'

const backoff = { initialMs: 1_000 }

/** Streams what the how-many-th run it is, and fails in the first ones. */
function streaming(failures: number): Agent {
  let runs = 0
  const llm = defineNode({
    input: UserInput,
    emits: { llm_chunk: ChunkData, llm_result: Text },
    transient: ['llm_chunk'],
    run(_event, runtime) {
      const run = ++runs
      runtime.emit('llm_chunk', { text: `run ${run}`, attempt: runtime.attempt })
      if (run <= failures) throw Object.assign(new Error('too early'), { code: 'flaky' })
      runtime.emit('llm_result', { text: `run ${run}` })
    },
  })
  return defineAgent({
    id: 'inner',
    version: 1,
    nodes: { llm },
    edges: [
      { from: 'input', on: 'user_input', to: 'llm' },
      { from: 'llm', on: 'llm_chunk', to: 'output' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  }) as unknown as Agent
}

test('a retry of an agent is a new session of it, and what it streamed before is void', async () => {
  const clock = manualClock()
  const agent = around(streaming(1), 'outer', { supervision: { retry: { max: 1, backoff } } })
  await using session = await openSession(agent, { clock })
  const outputs: unknown[] = []
  session.on('output', ({ type, data }) => outputs.push([type, (data as { text?: string }).text]))
  const turn = session.send('hello')
  await settled()
  expect(session.nodeStates()['helper']?.supervision).toMatchObject({ retries: 1, retryAt: clock.now() + 1_000 })
  clock.advance(1_000)
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'run 2' })
  expect(outputs).toEqual([
    ['llm_chunk', 'run 1'],
    ['llm_chunk_reset', undefined],
    ['llm_chunk', 'run 2'],
    ['agent_result', 'run 2'],
  ])
  expect(clock.pending).toBe(0)
})

test('a retry that waits survives the process', async () => {
  const clock = manualClock()
  const agent = around(streaming(1), 'outer', { supervision: { retry: { max: 1, backoff } } })
  const store = testStore()
  const dead = await openSession(agent, { id: 's', store, clock: manualClock() })
  await dead.send('hello').accepted
  await settled()
  await dead.flushed()
  await using session = await openSession(agent, { id: 's', store: store.image(), clock })
  const ended = nextTurn(session)
  clock.advance(1_000)
  expect(await ended).toMatchObject({ status: 'completed', text: 'run 2' })
  await dead.stop()
})

test('an agent that takes too long is given up with all that it is at', async () => {
  const clock = manualClock()
  const aborted: boolean[] = []
  const slow = soloAgent(async (text, runtime) => {
    await untilAborted(text, runtime).catch(() => {})
    aborted.push(runtime.signal.aborted)
  })
  await using session = await openSession(around(slow, 'outer', { supervision: { timeout: 5_000 } }), { clock })
  const turn = session.send('hello')
  await settled()
  clock.advance(5_000)
  expect(await turn.result).toMatchObject({ status: 'failed', error: { code: 'node_timeout' } })
  await settled()
  expect(aborted).toEqual([true])
  expect(clock.pending).toBe(0)
})

test('the time of an agent stands still while it waits for a person, over a restart too', async () => {
  const clock = manualClock()
  const agent = around(approvalAgent(untilAborted), 'outer', { supervision: { timeout: 5_000 } })
  const store = testStore()
  const first = await openSession(agent, { id: 's', store, clock })
  expect((await first.send('hello').result).status).toBe('waiting')
  clock.advance(50_000)
  expect(first.pending()).toHaveLength(1)
  await first.stop()
  await using session = await openSession(agent, { id: 's', store, clock })
  clock.advance(5_000)
  await settled()
  expect(session.pending()).toHaveLength(1)
  const turn = await session.signal('approve', {})
  await settled()
  clock.advance(4_999)
  await settled()
  expect(session.busy()).toBe(true)
  clock.advance(1)
  expect(await turn.result).toMatchObject({ status: 'failed', error: { code: 'node_timeout' } })
})

test('supervision of a list and of a team is heeded', async () => {
  const clock = manualClock()
  const supervision = { timeout: 5_000, retry: { max: 1, backoff } }
  const map = mapNode({ item: z.string(), each: streaming(1), supervision })
  const agent = defineAgent({
    id: 'list',
    version: 1,
    nodes: { map },
    edges: [
      { from: 'input', on: 'user_input', to: 'map', map: () => ({ items: ['a', 'b'] }) },
      { from: 'map', on: 'map_result', to: 'output' },
    ],
  })
  await using session = await openSession(agent, { clock })
  const turn = session.send('go')
  await settled()
  clock.advance(1_000)
  expect(await turn.result).toMatchObject({ status: 'completed' })
  expect(clock.pending).toBe(0)
  const team = teamNode({ agents: { one: { agent: streaming(0), description: 'One.' } }, supervision })
  expect(team.supervision).toBe(supervision)
})
