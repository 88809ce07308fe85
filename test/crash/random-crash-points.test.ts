import fc from 'fast-check'
import { openSession, type AgentEvent, type LoggedEvent, type Store } from 'troupe'
import { memoryStore } from '../../src/store/memory-store.ts'
import { expect, test } from 'vitest'
import { processOn, type Crash } from './dying-process.ts'
import { agentOf, faultyShape, expectedOf, Hop, type AgentShape } from '../session/random-agents.ts'

async function logOf(store: Store): Promise<LoggedEvent[]> {
  return store.log.read('s', { limit: 100_000 })
}

/** Sends every input under its own id, in as many processes as it takes. */
async function survive(shape: AgentShape, inputs: readonly number[], crashes: readonly Crash[]): Promise<Store> {
  const store = memoryStore({ keepTurns: 1_000 })
  const agent = agentOf(shape, async () => {
    await Promise.resolve()
  })
  for (const crash of [...crashes, undefined]) {
    const process = processOn(store, crash)
    const life = (async () => {
      const session = await openSession(agent, { id: 's', store: process.store })
      const turns = inputs.map((left, index) => session.send(`${left} t${index}`, { id: `c${index}` }))
      for (const turn of turns) expect((await turn.result).status).toBe('completed')
      await session.stop()
    })()
    const over = await Promise.race([life.then(() => true), process.dead.then(() => false)])
    if (over && crash === undefined) return store
    // What a dead process still does goes nowhere; a life that ended before its crash is simply followed by another.
    life.catch(() => {})
  }
  return store
}

test(
  'random agents at random crash points: everything accepted happens exactly once',
  { timeout: 40_000 },
  async () => {
    let crashPoints = 0
    const crash = fc.record({ writes: fc.integer({ min: 0, max: 12 }), lost: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        faultyShape,
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 3 }),
        fc.array(crash, { minLength: 1, maxLength: 12 }),
        async (shape, inputs, crashes) => {
          const store = await survive(shape, inputs, crashes)
          crashPoints += crashes.length
          const log = await logOf(store)
          const ids = log.map(({ event }) => event.id)
          expect(new Set(ids).size).toBe(ids.length)
          expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_, index) => index + 1))
          const expected = inputs.map((left, index) => expectedOf(shape, left, `t${index}`))
          const outputs = log.filter(({ to }) => to.includes('output')).map(({ event }) => Hop.parse(event.data).way)
          expect(outputs.toSorted()).toEqual(expected.flatMap((each) => each.outputs).toSorted())
          const ends = log
            .filter(({ event }) => event.type === 'turn_end')
            .map(({ event }: { event: AgentEvent }) => event.traceId)
          expect(ends).toEqual(inputs.map((_, index) => `s/0.${index + 1}`))
          const reopened = await openSession(
            agentOf(shape, () => {}),
            { id: 's', store },
          )
          const messages = await reopened.messages()
          expect(messages.map(({ content }) => content as string).toSorted()).toEqual(
            expected.flatMap((each) => each.handled).toSorted(),
          )
          await reopened.stop()
        },
      ),
      { numRuns: 175, seed: 4 },
    )
    expect(crashPoints).toBeGreaterThanOrEqual(1_000)
  },
)
