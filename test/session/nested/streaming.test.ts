import { expect, test } from 'vitest'
import { z } from 'zod'
import { ChunkData } from '../../../src/core/payloads.ts'
import { defineAgent, defineNode, openSession, type Agent } from '../../setup/engine.ts'
import { settled } from '../../setup/gate.ts'
import { testStore } from '../../setup/test-store.ts'
import { Text, untilAborted } from '../agents.ts'
import { around, nextTurn } from './agents.ts'

/** Streams two pieces and, in its first attempt, hangs. */
const speaker = defineNode({
  input: z.string(),
  emits: { llm_chunk: ChunkData, said: Text },
  transient: ['llm_chunk'],
  async run(event, runtime) {
    const { attempt } = runtime
    for (const text of ['a', 'b']) runtime.emit('llm_chunk', { text, attempt })
    if (event.data === 'hang' && attempt === 1) await untilAborted('', runtime)
    runtime.emit('said', { text: 'ab' })
  },
})
const inner = defineAgent({
  id: 'inner',
  version: 1,
  nodes: { speaker },
  edges: [
    { from: 'input', on: 'user_input', to: 'speaker' },
    { from: 'speaker', on: 'llm_chunk', to: 'output' },
    { from: 'speaker', on: 'said', to: 'output' },
  ],
} as never) as unknown as Agent
const deep = around(around(inner, 'middle'))

test('what an agent streams is streamed by its node, from any depth', async () => {
  await using session = await openSession(deep, { id: 's' })
  const turn = session.send('speak')
  const events = []
  for await (const { from, type, data, id } of turn) events.push({ from, type, data, id })
  expect(events).toMatchObject([
    { from: 'helper', type: 'llm_chunk', data: { text: 'a', attempt: 1 }, id: 's/0.1.1.1.1' },
    { from: 'helper', type: 'llm_chunk', data: { text: 'b', attempt: 1 }, id: 's/0.1.1.1.2' },
    { from: 'helper', type: 'agent_result', data: { text: 'ab' } },
  ])
})

test('after a crash what was streamed is told to be void, under new ids', async () => {
  const store = testStore()
  const dead = await openSession(deep, { id: 's', store })
  const before: string[] = []
  dead.on('output', ({ id }) => before.push(id))
  await dead.send('hang').accepted
  await settled()
  await using session = await openSession(deep, { id: 's', store: store.image() })
  const events: { type: string; data: unknown; id: string }[] = []
  session.on('output', (event) => events.push(event))
  expect(await nextTurn(session)).toMatchObject({ status: 'completed', text: 'ab' })
  expect(events).toMatchObject([
    { type: 'llm_chunk_reset', data: { attempt: 2 } },
    { type: 'llm_chunk', data: { text: 'a', attempt: 2 } },
    { type: 'llm_chunk', data: { text: 'b', attempt: 2 } },
    { type: 'agent_result' },
  ])
  expect(before).toHaveLength(2)
  expect(events.filter(({ id }) => before.includes(id))).toEqual([])
  await dead.stop()
})
