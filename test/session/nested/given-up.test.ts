import { expect, test } from 'vitest'
import { agentNode } from '../../../src/nodes/agent-node.ts'
import { defineAgent, defineNode, openSession, type Agent, type Session } from '../../setup/engine.ts'
import { gate } from '../../setup/gate.ts'
import { manualClock } from '../../setup/manual-clock.ts'
import { Text, played, spoken, untilAborted } from '../agents.ts'
import { approvalAgent, around, nextTurn } from './agents.ts'
import { z } from 'zod'

/** Three levels, of which the deepest works on two nodes until that is given up; what it does is noted. */
function deepWork(notes: string[], limits = {}): { agent: Agent; begun: Promise<void> } {
  const both = gate()
  let count = 0
  const work = played(async (text, runtime) => {
    notes.push('begun')
    if (++count === 2) void both.pass()
    await untilAborted(text, runtime).catch(() => notes.push('aborted'))
  })
  const deepest = defineAgent({
    id: 'deepest',
    version: 1,
    nodes: { left: work, right: work },
    edges: [{ from: 'input', on: 'user_input', to: ['left', 'right'] }],
  }) as unknown as Agent
  const agent = around(around(around(deepest, 'third'), 'second'), 'first')
  return { agent: { ...agent, limits } as Agent, begun: both.reached }
}

async function given(up: (session: Session) => unknown, limits = {}, clock = manualClock()): Promise<string[]> {
  const notes: string[] = []
  const { agent, begun } = deepWork(notes, limits)
  await using session = await openSession(agent, { id: 's', clock })
  void session.send('work')
  await begun
  await up(session)
  return notes
}

const all = ['begun', 'begun', 'aborted', 'aborted']

test('cancelling a turn aborts what is done for it at every level', async () => {
  const notes = await given(async (session) => {
    const ended = nextTurn(session)
    session.cancel()
    expect(await ended).toMatchObject({ status: 'cancelled' })
    expect(session.nodeStates()['helper']).toMatchObject({ status: 'idle' })
  })
  expect(notes).toEqual(all)
})

test('so does its deadline', async () => {
  const clock = manualClock()
  const notes = await given(
    async (session) => {
      const ended = nextTurn(session)
      clock.advance(1_000)
      expect(await ended).toMatchObject({ status: 'failed', error: { code: 'limit_reached' } })
    },
    { deadline: 1_000 },
    clock,
  )
  expect(notes).toEqual(all)
})

test('so does stopping the session', async () => {
  expect(await given((session) => session.stop())).toEqual(all)
})

test('a node that is cancelled leaves no timer of its sessions', async () => {
  const clock = manualClock()
  await using session = await openSession(around(approvalAgent()), { id: 's', clock })
  await session.send('pay').result
  expect(session.due).toBe(clock.now() + 60_000)
  session.cancel()
  expect(session.due).toBe(null)
  expect(clock.pending).toBe(0)
})

test('a loop of an inner agent knows nothing of the session before', async () => {
  const looping = defineNode({
    input: z.json(),
    emits: { said: Text },
    async loop(runtime) {
      const heard: string[] = []
      for await (const { data } of runtime.input()) {
        heard.push(spoken(data))
        runtime.emit('said', { text: heard.join(' ') })
      }
    },
  })
  const inner = defineAgent({
    id: 'inner',
    version: 1,
    nodes: { looping },
    edges: [
      { from: 'input', on: 'user_input', to: 'looping' },
      { from: 'looping', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
  const agent = defineAgent({
    id: 'outer',
    version: 1,
    nodes: { helper: agentNode(inner), own: looping },
    edges: [
      { from: 'input', on: 'user_input', to: ['helper', 'own'] },
      { from: 'helper', on: 'agent_result', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's' })
  expect(await session.send('one').result).toMatchObject({ text: 'one' })
  expect(await session.send('two').result).toMatchObject({ text: 'two' })
})

test('an agent node refuses transient events', async () => {
  const agent = defineAgent({
    id: 'outer',
    version: 1,
    nodes: {
      speaker: played((text, runtime) => runtime.emit('chunk', { text })),
      helper: agentNode(approvalAgent(), { input: z.json() }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'speaker' },
      { from: 'speaker', on: 'chunk', to: 'helper' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's' })
  expect(await session.send('hello').result).toMatchObject({ error: { code: 'transient_delegation' } })
})
