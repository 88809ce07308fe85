import fc from 'fast-check'
import { openSession, type Session } from '../setup/engine.ts'
import { expect, test } from 'vitest'
import { agentOf, agentShape, expectedOf, Hop } from './random-agents.ts'

/** Waits a few microtasks or a macrotask, by a seeded choice. */
function jitter(seed: number): () => Promise<void> {
  let state = seed >>> 0
  return async () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    const choice = state % 16
    if (choice === 0) await new Promise((resolve) => setImmediate(resolve))
    else for (let index = 0; index < choice % 4; index++) await Promise.resolve()
  }
}

interface PersistedNode {
  current?: { event: { id: string } }
  inbox?: unknown[]
  held?: unknown[]
  last?: { id: string }
}

async function expectStatesFromSnapshots(session: Session): Promise<void> {
  const taken = session.snapshot()
  const states = session.nodeStates()
  const graph = session.graph()
  const { snapshot } = await taken
  const children = (snapshot as unknown as { children: Record<string, { snapshot: PersistedNode }> }).children
  for (const [node, { snapshot: persisted }] of Object.entries(children)) {
    const atWork = persisted.current !== undefined || (persisted.inbox?.length ?? 0) > 0
    expect(states[node]?.status === 'running').toBe(atWork)
    expect(states[node]?.lastEvent?.id).toBe(persisted.last?.id)
  }
  expect(graph.nodes).toEqual(Object.entries(states).map(([id, { status }]) => ({ id, status })))
}

test(
  'storms over random graphs lose no event, double none, and show the states of the actors',
  { timeout: 60_000 },
  async () => {
    let events = 0
    await fc.assert(
      fc.asyncProperty(
        agentShape,
        fc.integer(),
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 6 }),
        async (shape, seed, inputs) => {
          const handled: string[] = []
          const eventIds = new Set<string>()
          const wait = jitter(seed)
          const agent = agentOf(shape, async (node, eventId) => {
            expect(eventIds.has(`${node} ${eventId}`)).toBe(false)
            eventIds.add(`${node} ${eventId}`)
            await wait()
          })
          await using session = await openSession(agent, { id: 'storm' })
          const turns = inputs.map((left, index) => session.send(`${left} t${index}`))
          await expectStatesFromSnapshots(session)
          const outputs: string[] = []
          for (const [index, turn] of turns.entries()) {
            const { status } = await turn.result
            expect(status).toBe('completed')
            const expected = expectedOf(shape, inputs[index] ?? 0, `t${index}`)
            handled.push(...expected.handled)
            const reached: string[] = []
            for await (const event of turn) reached.push(Hop.parse(event.data).way)
            outputs.push(...reached)
            expect(reached.toSorted()).toEqual(expected.outputs.toSorted())
          }
          await expectStatesFromSnapshots(session)
          expect(eventIds.size).toBe(handled.length)
          const messages = await session.messages()
          expect(messages.map(({ content }) => content as string).toSorted()).toEqual(handled.toSorted())
          expect(new Set(session.trace().map((entry) => entry.to)).has(null)).toBe(false)
          events += handled.length + outputs.length
        },
      ),
      { numRuns: 150, seed: 20_261_122 },
    )
    expect(events).toBeGreaterThan(10_000)
  },
)
