import { z } from 'zod'
import { expect, test } from 'vitest'
import { agentNode } from '../../../src/nodes/agent-node.ts'
import { memoryNode } from '../../../src/nodes/memory-node.ts'
import { WindowData } from '../../../src/core/payloads.ts'
import { defineAgent, defineNode, openSession, type Agent } from '../../setup/engine.ts'
import { gate, type Gate } from '../../setup/gate.ts'
import { testStore } from '../../setup/test-store.ts'
import { echo, played, soloAgent, spoken, Text, untilAborted } from '../agents.ts'
import { around } from './agents.ts'

/** An agent in an agent whose model waits at a gate, and then asks another one. */
function thinking(door: Gate, notes: string[]): Agent {
  const model = defineNode({
    kind: 'llm',
    input: z.json(),
    emits: { asked: Text },
    async run(event, runtime) {
      await Promise.race([door.pass(), untilAborted('', runtime)]).catch(() => notes.push('aborted'))
      notes.push('through')
      runtime.emit('asked', { text: spoken(event.data) })
    },
  })
  const inner = defineAgent({
    id: 'thinking',
    version: 1,
    nodes: { model, next: played((text) => void notes.push(`next ${text}`)) },
    edges: [
      { from: 'input', on: 'user_input', to: 'model' },
      { from: 'model', on: 'asked', to: 'next' },
    ],
  }) as unknown as Agent
  return around(around(inner, 'middle'))
}

test('a turn cancelled after the model waits for that of an inner agent, and goes no further', async () => {
  const door = gate()
  const notes: string[] = []
  const store = testStore()
  await using session = await openSession(thinking(door, notes), { id: 's', store })
  const turn = session.send('hello')
  await door.reached
  turn.cancel({ at: 'afterModel' })
  door.open()
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  expect(notes).toEqual(['through'])
  expect(session.trace().map(({ from, eventType }) => `${from} ${eventType}`)).toContain(
    'helper/0/helper/0/model asked',
  )
})

test('where no tool is at work inside, that after the tools is at once', async () => {
  const door = gate()
  const notes: string[] = []
  await using session = await openSession(thinking(door, notes), { id: 's' })
  const turn = session.send('hello')
  await door.reached
  turn.cancel({ at: 'afterTools' })
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  await session.stop()
  expect(notes).toEqual(['aborted', 'through'])
})

test('a message that steers is not lost in an agent that cannot see it: it begins a turn of its own', async () => {
  const door = gate()
  const told: string[] = []
  const slow = defineNode({
    input: WindowData,
    emits: { ready: WindowData },
    async run({ data }, runtime) {
      await door.pass()
      runtime.emit('ready', data)
    },
  })
  const inner = soloAgent((text, runtime) => {
    told.push(text)
    return echo(text, runtime)
  })
  const agent = defineAgent({
    id: 'outer',
    version: 1,
    nodes: { memory: memoryNode(), slow, helper: agentNode(inner, { input: WindowData }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'slow' },
      { from: 'slow', on: 'ready', to: 'helper' },
      { from: 'helper', on: 'agent_result', to: 'output' },
    ],
  })
  await using session = await openSession(agent, { id: 's' })
  const first = session.send('one')
  await door.reached
  const second = session.send('two', { policy: 'steer' })
  // What is to go to `slow` has gone there.
  door.open()
  expect([await first.result, await second.result]).toMatchObject([{ text: 'one' }, { text: 'two' }])
  expect(told).toEqual(['one', 'two'])
})

test('a turn that is interrupted or rolled back leaves nothing of its nested sessions, and no id twice', async () => {
  for (const policy of ['interrupt', 'rollback'] as const) {
    const store = testStore()
    const door = gate()
    let runs = 0
    const inner = soloAgent(async (text, runtime) => {
      runtime.append({ role: 'user', content: text })
      if (++runs > 1) return echo(text, runtime)
      void door.pass()
      await untilAborted(text, runtime)
    })
    await using session = await openSession(around(inner), { id: 's', store })
    const first = session.send('one')
    await door.reached
    const second = session.send('two', { policy })
    expect((await first.result).status).toBe('cancelled')
    expect((await first.result).rolledBack).toBe(policy === 'rollback' ? true : undefined)
    expect(await second.result).toMatchObject({ status: 'completed', text: 'two' })
    await session.stop()
    const ids = (await store.log.read('s')).map(({ event }) => event.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(store.checkpoint('s').nested).toBeUndefined()
  }
})
