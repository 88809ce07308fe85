import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineAgent, defineNode, openSession } from '../setup/engine.ts'
import { gate, settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { testStore } from '../setup/test-store.ts'
import { soloAgent, Text, spoken, untilAborted } from './agents.ts'

test('a circuit opens after failures in a row, is kept over a restore, and closes with a success', async () => {
  const clock = manualClock()
  const store = testStore()
  const runs: string[] = []
  const agent = soloAgent(
    (text, runtime) => {
      runs.push(text)
      if (text === 'bad') throw new Error('no')
      runtime.emit('said', { text })
    },
    { supervision: { circuit: { failures: 2, cooldownMs: 1_000 } } },
  )
  const first = await openSession(agent, { id: 's', store, clock })
  const circuitOf = (session: typeof first) => session.nodeStates()['worker']?.supervision?.circuit
  await first.send('bad').result
  await first.send('good').result
  await first.send('bad').result
  expect(circuitOf(first)).toBe('closed')
  await first.send('bad').result
  expect(circuitOf(first)).toBe('open')
  expect(await first.send('good').result).toMatchObject({ status: 'failed', error: { code: 'circuit_open' } })
  await first.stop()
  await using session = await openSession(agent, { id: 's', store, clock })
  expect(await session.send('good').result).toMatchObject({ error: { code: 'circuit_open', node: 'worker' } })
  clock.advance(1_000)
  expect(circuitOf(session)).toBe('half_open')
  expect(await session.send('bad').result).toMatchObject({ error: { code: 'error' } })
  expect(await session.send('good').result).toMatchObject({ error: { code: 'circuit_open' } })
  clock.advance(1_000)
  expect(await session.send('good').result).toMatchObject({ status: 'completed' })
  expect(circuitOf(session)).toBe('closed')
  expect(runs).toEqual(['bad', 'good', 'bad', 'bad', 'bad', 'good'])
})

test('a failure that opens the circuit is not tried again', async () => {
  const clock = manualClock()
  const supervision = { circuit: { failures: 1, cooldownMs: 1_000 }, retry: { max: 5 } }
  const agent = soloAgent(
    () => {
      throw new Error('no')
    },
    { supervision },
  )
  await using session = await openSession(agent, { clock })
  expect(await session.send('hello').result).toMatchObject({ status: 'failed', error: { message: 'no' } })
  expect(clock.pending).toBe(0)
})

test('a loop that throws too often is down for a while, and then begins anew', async () => {
  const clock = manualClock()
  let begun = 0
  const loop = defineNode({
    input: z.json(),
    emits: { said: Text },
    supervision: { restart: { max: 1, within: 1_000 } },
    async loop(runtime) {
      begun++
      for await (const event of runtime.input()) {
        const text = spoken(event.data)
        if (text === 'bad') throw new Error('no')
        runtime.emit('said', { text })
      }
    },
  })
  const agent = defineAgent({
    id: 'looping',
    version: 1,
    nodes: { loop },
    edges: [
      { from: 'input', on: 'user_input', to: 'loop' },
      { from: 'loop', on: 'said', to: 'output' },
    ],
  })
  await using session = await openSession(agent, { clock })
  await session.send('bad').result
  expect(await session.send('good').result).toMatchObject({ status: 'completed' })
  expect(session.nodeStates()['loop']?.supervision).toMatchObject({ restarts: 1 })
  clock.advance(500)
  await session.send('bad').result
  expect(await session.send('good').result).toMatchObject({ status: 'failed', error: { code: 'node_down' } })
  expect(begun).toBe(2)
  clock.advance(500)
  expect(await session.send('good').result).toMatchObject({ status: 'completed', text: 'good' })
  expect(begun).toBe(3)
})

test('a loop that throws or hangs gets the event again, in a new life', async () => {
  const clock = manualClock()
  const lives: string[] = []
  const begun = gate()
  const loop = defineNode({
    input: z.json(),
    emits: { said: Text },
    supervision: { timeout: 50, retry: { max: 2, backoff: { initialMs: 0 } } },
    async loop(runtime) {
      for await (const event of runtime.input()) {
        lives.push(`${spoken(event.data)} ${runtime.attempt}`)
        if (runtime.attempt === 1) throw new Error('no')
        if (runtime.attempt === 2) {
          void begun.pass()
          await untilAborted('', runtime)
        }
        runtime.emit('said', { text: spoken(event.data) })
      }
    },
  })
  const agent = defineAgent({
    id: 'looping',
    version: 1,
    nodes: { loop },
    edges: [
      { from: 'input', on: 'user_input', to: 'loop' },
      { from: 'loop', on: 'said', to: 'output' },
    ],
  })
  await using session = await openSession(agent, { clock })
  const turn = session.send('hello')
  await settled()
  clock.advance(0)
  await begun.reached
  clock.advance(50)
  await settled()
  clock.advance(0)
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'hello' })
  expect(lives).toEqual(['hello 1', 'hello 2', 'hello 3'])
  expect(clock.pending).toBe(0)
})

test('what a supervision cannot be is told when the node is defined', () => {
  const define = (supervision: object) => () => soloAgent(() => {}, { supervision })
  expect(define({ retry: { max: 0 } })).toThrow('supervision.retry.max is not a whole number from 1')
  expect(define({ retry: { max: 1, backoff: { jitter: 2 } } })).toThrow('jitter is not a number from 0 to 1')
  expect(define({ retries: 3 })).toThrow("supervision has no 'retries'")
  expect(define({ circuit: { failures: 3 } })).toThrow('supervision.circuit.cooldownMs is not a whole number from 1')
})
