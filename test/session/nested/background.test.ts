import { z } from 'zod'
import { expect, test } from 'vitest'
import { agentNode } from '../../../src/nodes/agent-node.ts'
import { manualClock } from '../../setup/manual-clock.ts'
import { defineAgent, openSession, setupAgent, type Agent } from '../../setup/engine.ts'
import { gate, settled } from '../../setup/gate.ts'
import { testStore } from '../../setup/test-store.ts'
import { echo, played, untilAborted, type Play } from '../agents.ts'
import { around, nextTurn } from './agents.ts'

/** An agent that answers, and has a background node write down what was asked. */
function audited(audit: Play): Agent {
  return defineAgent({
    id: 'audited',
    version: 1,
    nodes: { worker: played(echo), audit: played(audit, { background: true }) },
    edges: [
      { from: 'input', on: 'user_input', to: ['worker', 'audit'] },
      { from: 'worker', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
}

test('what a background node of an inner agent is at is done, and then the task is', async () => {
  const door = gate()
  const notes: string[] = []
  const agent = around(
    audited(async (text, runtime) => {
      await Promise.race([door.pass(), untilAborted(text, runtime)])
      notes.push(text)
    }),
  )
  await using session = await openSession(agent, { id: 's' })
  const turn = session.send('one')
  await door.reached
  await settled()
  expect(session.busy()).toBe(true)
  door.open()
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'one' })
  expect(notes).toEqual(['one'])
})

test('it is done again after a crash', async () => {
  const notes: string[] = []
  const agent = around(
    audited(async (text, runtime) => {
      if (runtime.attempt === 1) await untilAborted(text, runtime)
      notes.push(text)
    }),
  )
  const store = testStore()
  const dead = await openSession(agent, { id: 's', store })
  await dead.send('one').accepted
  await settled()
  await settled()
  const image = store.image()
  await using session = await openSession(agent, { id: 's', store: image })
  expect(await nextTurn(session)).toMatchObject({ status: 'completed', text: 'one' })
  expect(notes).toEqual(['one'])
  await dead.stop()
})

test('an inner chart that comes to its end takes its background nodes along', async () => {
  const chart = setupAgent({
    id: 'ending',
    version: 1,
    nodes: { worker: played(echo), audit: played(untilAborted, { background: true }) },
  })
  const inner = chart.createAgent({
    initial: 'working',
    states: {
      working: {
        on: {
          'input.user_input': { actions: [chart.deliver('worker'), chart.deliver('audit')] as never },
          'worker.said': { target: 'done', actions: chart.deliver('output') },
        },
      },
      done: { type: 'final' },
    },
  }) as unknown as Agent
  await using session = await openSession(around(inner), { id: 's' })
  expect(await session.send('one').result).toMatchObject({ status: 'completed', text: 'one' })
})

test('a fork does not do it a second time', async () => {
  const notes: string[] = []
  const chart = setupAgent({
    id: 'careful',
    version: 1,
    nodes: {
      worker: played(echo),
      audit: played(
        async (text, runtime) => {
          notes.push(`${runtime.sessionId} ${text}`)
          await untilAborted(text, runtime)
        },
        { background: true },
      ),
    },
    inputs: { approve: z.object({}) },
  })
  const inner = chart.createAgent({
    on: {
      'input.user_input': { actions: [chart.hold('worker'), chart.deliver('audit')] as never },
      'input.approve': { actions: chart.release('worker') },
      'worker.said': { actions: chart.deliver('output') },
    },
  } as never) as unknown as Agent
  const agent = defineAgent({
    id: 'outer',
    version: 1,
    nodes: { helper: agentNode(inner, { supervision: { timeout: 5_000 } }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'helper' },
      { from: 'helper', on: 'agent_result', to: 'output' },
    ],
  }) as unknown as Agent
  const store = testStore()
  const clock = manualClock()
  await using session = await openSession(agent, { id: 's', store, clock })
  expect(await session.send('one').result).toMatchObject({ status: 'waiting' })
  await session.fork({ id: 'fork' })
  await using fork = await openSession(agent, { id: 'fork', store, clock })
  // The time of the node stands still while a person is waited for.
  expect(fork.due).toBe(null)
  const ended = nextTurn(fork)
  await fork.signal('approve', {})
  expect(await ended).toMatchObject({ status: 'completed', text: 'one' })
  expect(notes).toEqual(['s one'])
})
