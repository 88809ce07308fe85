import fc from 'fast-check'
import { openSession, type LoggedEvent, type Store, type TurnPolicy, type TurnResult } from 'troupe'
import { memoryStore } from '../../src/store/memory-store.ts'
import { expect, test } from 'vitest'
import type { PersistedSnapshot } from '../../src/session/checkpoint.ts'
import { agentOf, faultyShape, expectedOf, type AgentShape } from '../session/random-agents.ts'
import { processOn, type Crash } from './dying-process.ts'

interface Input {
  readonly left: number
  readonly policy: TurnPolicy
  /** Turns of the event loop until the next one is sent. */
  readonly wait: number
}

/** Sends every input under its own id, in as many processes as it takes; gives what came of each. */
async function survive(shape: AgentShape, inputs: readonly Input[], crashes: readonly Crash[], store: Store) {
  const agent = agentOf(shape, () => Promise.resolve())
  for (const crash of [...crashes, undefined]) {
    const { store: dying, dead } = processOn(store, crash)
    const life = (async (): Promise<TurnResult[]> => {
      const session = await openSession(agent, { id: 's', store: dying })
      const results: Promise<TurnResult>[] = []
      for (const [index, { left, policy, wait }] of inputs.entries()) {
        results.push(session.send(`${left} t${index}`, { id: `c${index}`, policy }).result)
        for (let turns = 0; turns < wait; turns++) await new Promise((resolve) => setImmediate(resolve))
      }
      const all = await Promise.all(results)
      await session.stop()
      return all
    })()
    const results = await Promise.race([life, dead])
    if (results && crash === undefined) return results
    life.catch(() => {})
  }
  throw new Error('the last process does not die')
}

test(
  'random policies at random crash points: what is accepted ends once, whole, cancelled or taken back',
  { timeout: 40_000 },
  async () => {
    const seen = new Map<string, number>()
    const input = fc.record({
      left: fc.integer({ min: 0, max: 2 }),
      policy: fc.constantFrom<TurnPolicy>('enqueue', 'interrupt', 'rollback', 'steer'),
      wait: fc.integer({ min: 0, max: 3 }),
    })
    const crash = fc.record({ writes: fc.integer({ min: 0, max: 12 }), lost: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(
        faultyShape,
        fc.array(input, { minLength: 2, maxLength: 5 }),
        fc.array(crash, { maxLength: 4 }),
        async (shape, inputs, crashes) => {
          const store = memoryStore({ keepTurns: 1_000 })
          const results = await survive(shape, inputs, crashes, store)
          const log: readonly LoggedEvent[] = await store.log.read('s', { limit: 100_000 })
          const ids = log.map(({ event }) => event.id)
          expect(new Set(ids).size).toBe(ids.length)
          expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_, index) => index + 1))
          const ends = log.filter(({ event }) => event.type === 'turn_end').map(({ event }) => event.traceId)
          expect(ends.toSorted()).toEqual(results.map(({ traceId }) => traceId).toSorted())

          const session = await openSession(
            agentOf(shape, () => {}),
            { id: 's', store },
          )
          const messages = (await session.messages()).map(({ content }) => content as string)
          expect(new Set(messages).size).toBe(messages.length)
          for (const [index, { status, rolledBack }] of results.entries()) {
            const outcome = rolledBack ? 'rolledBack' : status
            seen.set(outcome, (seen.get(outcome) ?? 0) + 1)
            const own = messages.filter((content) => new RegExp(`^\\d+:t${index}(>|$)`).test(content))
            const { handled } = expectedOf(shape, inputs[index]?.left ?? 0, `t${index}`)
            if (outcome === 'completed') expect(own.toSorted()).toEqual(handled.toSorted())
            else if (outcome === 'rolledBack') expect(own).toEqual([])
            else expect(handled).toEqual(expect.arrayContaining(own))
          }
          // State and messages of a handler are committed together, and taken back together.
          const { children } = (await session.snapshot()).snapshot as unknown as PersistedSnapshot
          for (const [node, { snapshot }] of Object.entries(children)) {
            const count = messages.filter((content) => content.startsWith(`${node.slice(1)}:`)).length
            expect((snapshot.state as { handled: number } | undefined)?.handled ?? 0).toBe(count)
          }
          await session.stop()
        },
      ),
      { numRuns: 100, seed: 7 },
    )
    expect([...seen.keys()].toSorted()).toEqual(['cancelled', 'completed', 'rolledBack'])
    for (const count of seen.values()) expect(count).toBeGreaterThan(20)
  },
)
