import { z } from 'zod'
import { expect, test } from 'vitest'
import { textOf } from '../../../src/core/messages.ts'
import { agentNode } from '../../../src/nodes/agent-node.ts'
import { mapNode } from '../../../src/nodes/map-node.ts'
import type { Supervision } from '../../../src/core/supervision.ts'
import { defineAgent, openSession, type Agent } from '../../setup/engine.ts'
import { settled } from '../../setup/gate.ts'
import { manualClock } from '../../setup/manual-clock.ts'
import { testStore } from '../../setup/test-store.ts'
import { echo, soloAgent, untilAborted, type Play } from '../agents.ts'
import { chunkAgent } from './agents.ts'

const retry: Supervision = { retry: { max: 1, backoff: { initialMs: 1_000 } } }

/** An agent node around what a test plays. */
function supervised(play: Play, supervision: Supervision): Agent {
  return defineAgent({
    id: 'outer',
    version: 1,
    nodes: { helper: agentNode(chunkAgent(play), { supervision }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'helper' },
      { from: 'helper', on: 'llm_chunk', to: 'output' },
      { from: 'helper', on: 'agent_result', to: 'output' },
    ],
  }) as unknown as Agent
}

/** Words that are each done by a function; `done` hears of each time that one is, with its key. */
function words(work: (word: string, key: string, signal: AbortSignal) => string | Promise<string>): Agent {
  return defineAgent({
    id: 'words',
    version: 1,
    nodes: {
      each: mapNode({
        item: z.string(),
        output: z.string(),
        each: (word, { idempotencyKey, signal }) => work(word, idempotencyKey, signal),
        supervision: { ...retry, timeout: 10_000 },
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: [{ node: 'each', map: (said) => ({ items: textOf(said).split(' ') }) }] },
      { from: 'each', on: 'map_result', to: 'output' },
    ],
  }) as unknown as Agent
}

test('an agent that fails is tried again in a new session, and what it streamed is void', async () => {
  let runs = 0
  const agent = supervised((text, runtime) => {
    runtime.emit('llm_chunk' as never, { text, attempt: runtime.attempt } as never)
    if (++runs === 1) throw new Error('first')
    return echo(text, runtime)
  }, retry)
  const clock = manualClock()
  await using session = await openSession(agent, { id: 's', clock })
  const seen: string[] = []
  session.on('output', ({ type }) => seen.push(type))
  const turn = session.send('hi')
  await settled()
  expect(session.nodeStates()['helper']).toMatchObject({ supervision: { retries: 1 } })
  clock.advance(1_000)
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'hi' })
  expect(seen).toEqual(['llm_chunk', 'llm_chunk_reset', 'llm_chunk', 'agent_result'])
})

test('an agent that takes too long is given up, and tried again', async () => {
  const notes: string[] = []
  const agent = supervised(
    async (text, runtime) => {
      notes.push('begun')
      if (notes.length > 1) return echo(text, runtime)
      await untilAborted(text, runtime).catch(() => notes.push('aborted'))
    },
    { ...retry, timeout: 5_000 },
  )
  const clock = manualClock()
  await using session = await openSession(agent, { id: 's', clock })
  const turn = session.send('hi')
  await settled()
  clock.advance(5_000)
  await settled()
  expect(notes).toEqual(['begun', 'aborted'])
  clock.advance(1_000)
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'hi' })
  expect(clock.pending).toBe(0)
})

test('items that are done stay done when the list is tried again, also after a crash; the others keep their keys', async () => {
  const runs: string[] = []
  const agent = words(async (word, key) => {
    runs.push(`${word} ${key}`)
    if (word === 'b') await settled()
    if (word === 'b' && runs.length < 3) throw new Error('not yet')
    return word.toUpperCase()
  })
  const clock = manualClock()
  const store = testStore()
  const dead = await openSession(agent, { id: 's', store, clock })
  await dead.send('a b').accepted
  await settled()
  await settled()
  await settled()
  expect(runs).toHaveLength(2)
  const image = store.image()
  await using session = await openSession(agent, { id: 's', store: image, clock })
  const ended = new Promise((resolve) => session.on('turn', resolve))
  await dead.stop()
  clock.advance(1_000)
  expect(await ended).toMatchObject({ status: 'completed' })
  expect(runs.map((run) => run[0])).toEqual(['a', 'b', 'b'])
  expect(runs[2]).toBe(runs[1])
})

test('so do they when the list took too long', async () => {
  const runs: string[] = []
  const agent = words(async (word, _key, signal) => {
    runs.push(word)
    if (word === 'b' && runs.length < 3) await untilAborted(word, { signal })
    return word.toUpperCase()
  })
  const clock = manualClock()
  await using session = await openSession(agent, { id: 's', clock })
  const turn = session.send('a b')
  await settled()
  clock.advance(10_000)
  await settled()
  clock.advance(1_000)
  expect(await turn.result).toMatchObject({ status: 'completed' })
  expect(runs).toEqual(['a', 'b', 'b'])
})

test('nothing is left when it was in vain, or given up while it waits', async () => {
  const agent = words(async (word) => {
    if (word === 'a') return word
    await settled()
    throw new Error('never')
  })
  const clock = manualClock()
  const store = testStore()
  await using session = await openSession(agent, { id: 's', store, clock })
  const turn = session.send('a b')
  await settled()
  await settled()
  expect(store.checkpoint('s').nested).toBeDefined()
  clock.advance(1_000)
  expect(await turn.result).toMatchObject({ status: 'failed', error: { message: 'never' } })
  expect(store.checkpoint('s').nested).toBeUndefined()
  const second = session.send('a b')
  await settled()
  await settled()
  expect(session.due).toBe(clock.now() + 1_000)
  second.cancel()
  expect(await second.result).toMatchObject({ status: 'cancelled' })
  expect(store.checkpoint('s').nested).toBeUndefined()
  expect(clock.pending).toBe(0)
})

test('an inner agent takes supervision like any node', () => {
  expect(() => agentNode(soloAgent(echo), { supervision: { timeout: 0 } })).toThrow(/supervision.timeout/)
})

test('nothing is left when a circuit that is open refuses it for good', async () => {
  const work: Play = async (text) => {
    if (text === 'a') return
    await settled()
    throw new Error('never')
  }
  const agent = defineAgent({
    id: 'words',
    version: 1,
    nodes: {
      each: mapNode({
        item: z.string(),
        each: soloAgent(work),
        supervision: {
          retry: { max: 1, backoff: { initialMs: 1_000 }, when: ['error'] },
          circuit: { failures: 1, cooldownMs: 60_000 },
        },
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: [{ node: 'each', map: (said) => ({ items: textOf(said).split(' ') }) }] },
      { from: 'each', on: 'map_result', to: 'output' },
    ],
  }) as unknown as Agent
  const clock = manualClock()
  const store = testStore()
  await using session = await openSession(agent, { id: 's', store, clock })
  const turn = session.send('a b')
  await settled()
  await settled()
  await settled()
  expect(store.checkpoint('s').nested).toBeDefined()
  clock.advance(1_000)
  expect(await turn.result).toMatchObject({ status: 'failed', error: { code: 'circuit_open' } })
  expect(store.checkpoint('s').nested).toBeUndefined()
})
