/** Agents that are made of other agents, whose handlers a test plays. */
import { z } from 'zod'
import type { AgentLimits } from '../../../src/core/limits.ts'
import type { SupervisedOptions } from '../../../src/core/supervision.ts'
import { agentNode } from '../../../src/nodes/agent-node.ts'
import { testStore, type TestStore } from '../../setup/test-store.ts'
import { ChunkData } from '../../../src/core/payloads.ts'
import { defineAgent, defineNode, openSession, setupAgent, type Agent, type Session } from '../../setup/engine.ts'
import { settled } from '../../setup/gate.ts'
import { Text, played, relayAgent, spoken, type Play } from '../agents.ts'

/** An agent of one node, `helper`, that is another agent: what it streams and its result reach the output. */
export function around(inner: Agent, id = 'outer', options: SupervisedOptions & { limits?: AgentLimits } = {}): Agent {
  const { limits = {}, ...others } = options
  return defineAgent({
    id,
    version: 1,
    nodes: { helper: agentNode(inner, others) },
    edges: [
      { from: 'input', on: 'user_input', to: 'helper' },
      { from: 'helper', on: 'llm_chunk', to: 'output' },
      { from: 'helper', on: 'agent_result', to: 'output' },
    ],
    limits,
  }) as unknown as Agent
}

/** The same around an agent of two nodes, `first` that asks and `second` that says. */
export function aroundRelay(first: Play, second: Play): Agent {
  return around(relayAgent(first, second))
}

export const asks: Play = (text, runtime) => runtime.emit('asked', { text: `${text}?` })

/** An agent that holds what it is told until it is approved, or for so many milliseconds; `done` hears of what it does then. */
export function approvalAgent(done: Play = (text, runtime) => runtime.emit('said', { text: `did ${text}` })): Agent {
  const chart = setupAgent({
    id: 'careful',
    version: 1,
    nodes: { worker: played(done) },
    inputs: { approve: z.object({ note: z.string().optional() }), reject: z.object({ reason: z.string() }) },
    delays: { patience: 60_000 },
  })
  return chart.createAgent({
    initial: 'waiting',
    states: {
      waiting: {
        on: {
          'input.user_input': { actions: chart.hold('worker') as never },
          'input.approve': { target: 'approved', actions: chart.release('worker') },
        },
        after: {
          patience: { target: 'approved', actions: [chart.drop('worker'), chart.send('output', { text: 'nobody' })] },
        },
      },
      approved: { on: { 'worker.said': { actions: chart.deliver('output') } } },
    },
  }) as unknown as Agent
}

/** Opens a session, sends, and dies when the work has come to rest; gives what a new process would find. */
export async function crashed(agent: Agent, text: string): Promise<{ store: TestStore; dead: Session }> {
  const store = testStore()
  const dead = await openSession(agent, { id: 's', store })
  await dead.send(text).accepted
  await settled()
  return { store: store.image(), dead }
}

/** The next result of a turn. */
export function nextTurn(session: Session): Promise<{ status: string; text: string }> {
  return new Promise((resolve) => session.on('turn', resolve))
}

/** An agent of one node that streams like a model, and what it says reaches the output. */
export function chunkAgent(play: Play): Agent {
  const streaming = defineNode({
    input: z.json(),
    emits: { said: Text, llm_chunk: ChunkData },
    transient: ['llm_chunk'],
    run: (event, runtime) => play(spoken(event.data), runtime as never),
  })
  return defineAgent({
    id: 'streaming',
    version: 1,
    nodes: { streaming },
    edges: [
      { from: 'input', on: 'user_input', to: 'streaming' },
      { from: 'streaming', on: 'llm_chunk', to: 'output' },
      { from: 'streaming', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
}
