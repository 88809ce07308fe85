import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineAgent, openSession, type Agent, type Session } from '../setup/engine.ts'
import { gate, settled } from '../setup/gate.ts'
import { testStore } from '../setup/test-store.ts'
import { played, untilAborted, type Play } from './agents.ts'

/** An edge agent whose node asks what to do with interrupted work. */
function askingAgent(play: Play, more: object = {}): Agent {
  return defineAgent({
    id: 'asking',
    version: 1,
    nodes: { worker: played(play, { onRestore: 'ask' }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'said', to: 'output' },
    ],
    ...more,
  } as never) as unknown as Agent
}

/** Runs until its process dies, the first time. */
const dying = (runs: number[]): Play => {
  return async (text, runtime) => {
    runs.push(runtime.attempt)
    if (runtime.attempt === 1) await untilAborted(text, runtime)
    runtime.emit('said', { text: `${text}!` })
  }
}

/** A session that was killed at work, opened again: its turn waits. */
async function interrupted(agent: Agent): Promise<{ session: Session; dead: Session; result: Promise<unknown> }> {
  const store = testStore()
  const dead = await openSession(agent, { id: 's', store })
  await dead.send('hello', { id: 'a' }).accepted
  await settled()
  const session = await openSession(agent, { id: 's', store: store.image() })
  const result = session.send('hello', { id: 'a' }).result
  await settled()
  return { session, dead, result }
}

test('ask: the turn waits and says what for; rerun runs it again under the same event id', async () => {
  const runs: number[] = []
  const { session, dead, result } = await interrupted(askingAgent(dying(runs)))
  const pending = session.pending()
  expect(pending).toEqual([
    { node: 'worker', eventId: 's/0.1.1', type: 'user_input', data: 'hello', undecided: [], interrupted: true },
  ])
  expect(await result).toMatchObject({ status: 'waiting', pending })
  const turn = await session.signal('rerun', { eventId: 's/0.1.1' })
  expect(turn.traceId).toBe('s/0.1')
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'hello!' })
  expect(runs).toEqual([1, 2])
  expect(session.trace()).toContainEqual(expect.objectContaining({ from: 'input', to: 'worker', eventType: 'rerun' }))
  await session.stop()
  await dead.stop()
})

test('drop: it fails as one whose outcome is unknown, and the next turn works', async () => {
  const runs: number[] = []
  const { session, dead } = await interrupted(askingAgent(dying(runs)))
  const turn = await session.signal('drop', { eventId: 's/0.1.1' })
  expect(await turn.result).toMatchObject({ status: 'failed', error: { code: 'outcome_unknown', node: 'worker' } })
  expect(session.pending()).toEqual([])
  expect(runs).toHaveLength(1)
  const next = session.send('again')
  await settled()
  next.cancel()
  expect(await next.result).toMatchObject({ status: 'cancelled' })
  await session.stop()
  await dead.stop()
})

test('drop: what an agent does with the failure is its own affair', async () => {
  const agent = askingAgent(dying([]), {
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'said', to: 'output' },
      { from: 'worker', on: 'error', to: 'output', map: () => ({ text: 'Somebody has to look.' }) },
    ],
  })
  const { session, dead } = await interrupted(agent)
  const turn = await session.signal('drop', { eventId: 's/0.1.1' })
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'Somebody has to look.' })
  await session.stop()
  await dead.stop()
})

test('a decision survives the next crash: what was to run again does', async () => {
  const store = testStore()
  const working = gate()
  const agent = askingAgent(async (text, runtime) => {
    if (runtime.attempt < 3) await working.pass()
    runtime.emit('said', { text: `${text} ${runtime.attempt}` })
  })
  const dead = await openSession(agent, { id: 's', store })
  await dead.send('hello').accepted
  await working.reached
  const second = store.image()
  const session = await openSession(agent, { id: 's', store: second })
  await settled()
  await session.signal('rerun', { eventId: 's/0.1.1' })
  await settled()
  await using third = await openSession(agent, { id: 's', store: second.image() })
  await settled()
  // It was at work again, so it is asked about again.
  const turn = await third.signal('rerun', { eventId: 's/0.1.1' })
  expect(await turn.result).toMatchObject({ text: 'hello 3' })
  working.open()
  await session.stop()
  await dead.stop()
})

test('what does not wait is refused, and nothing is lost', async () => {
  const { session, dead } = await interrupted(askingAgent(dying([])))
  await expect(session.signal('rerun', { eventId: 's/0.9.9' })).rejects.toThrow(
    "Session 's' cannot take 'rerun': no interrupted work waits under event id 's/0.9.9'; there is s/0.1.1.",
  )
  await expect(session.signal('drop', {})).rejects.toMatchObject({ code: 'invalid_signal' })
  expect(session.pending()).toHaveLength(1)
  await session.stop()
  await dead.stop()
})

test('a repeat of a decision under its id does nothing more', async () => {
  const runs: number[] = []
  const { session, dead } = await interrupted(askingAgent(dying(runs)))
  const first = await session.signal('rerun', { eventId: 's/0.1.1' }, { id: 'decided' })
  const repeat = await session.signal('rerun', { eventId: 's/0.1.1' }, { id: 'decided' })
  expect(repeat.traceId).toBe(first.traceId)
  await first.result
  expect(runs).toHaveLength(2)
  await session.stop()
  await dead.stop()
})

test('an agent that declares a signal of that name has its own', async () => {
  const agent = askingAgent(
    (text, runtime) => {
      runtime.emit('said', { text: JSON.stringify(text) })
    },
    {
      inputs: { rerun: z.object({ job: z.string() }) },
      edges: [
        { from: 'input', on: 'user_input', to: 'worker' },
        { from: 'input', on: 'rerun', to: 'worker', map: ({ job }: { job: string }) => job },
        { from: 'worker', on: 'said', to: 'output' },
      ],
    },
  )
  await using session = await openSession(agent)
  const turn = await session.signal('rerun', { job: 'nightly' })
  expect(await turn.result).toMatchObject({ status: 'completed', text: '"nightly"' })
})
