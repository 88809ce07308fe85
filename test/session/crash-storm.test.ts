import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openSession, type Session, type Turn } from '../setup/engine.ts'
import { testStore, type TestStore } from '../setup/test-store.ts'
import { agentOf, agentShape, expectedOf } from './random-agents.ts'

/** Numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A store whose writes take a while. */
function slow(store: TestStore, wait: () => Promise<void>): TestStore {
  const { write } = store
  store.write = async (batch) => {
    await wait()
    await write(batch)
  }
  return store
}

test(
  'storms with crashes, restarts, cancels and repeated messages: every turn ends once, nothing committed is lost or doubled',
  { timeout: 60_000 },
  async () => {
    let crashes = 0
    let cancelled = 0
    let completed = 0
    await fc.assert(
      fc.asyncProperty(agentShape, fc.integer(), async (shape, seed) => {
        const random = randomFrom(seed)
        const wait = async (): Promise<void> => {
          if (random() < 0.2) await new Promise((resolve) => setImmediate(resolve))
          else for (let left = Math.floor(random() * 4); left > 0; left--) await Promise.resolve()
        }
        const agent = agentOf(shape, wait)
        const lefts = Array.from({ length: 1 + Math.floor(random() * 5) }, () => Math.floor(random() * 4))
        const wanted = new Set(lefts.keys())
        const dead: Session[] = []
        let store = slow(testStore(), wait)
        let session = await openSession(agent, { id: 's', store })
        let turns = new Map<number, Turn>()
        const send = (index: number): void =>
          void turns.set(index, session.send(`${lefts[index]} t${index}`, { id: `c${index}` }))
        for (const index of lefts.keys()) send(index)
        for (let round = Math.floor(random() * 6); round > 0; round--) {
          for (let ticks = Math.floor(random() * 12); ticks > 0; ticks--) await wait()
          const index = Math.floor(random() * lefts.length)
          if (random() < 0.25) {
            turns.get(index)?.cancel()
            wanted.delete(index)
            continue
          }
          // The process dies, or is stopped in order; the clients send again what they have no result of.
          crashes++
          if (random() < 0.3) await session.stop()
          else dead.push(session)
          store = slow(store.image(), wait)
          session = await openSession(agent, { id: 's', store })
          turns = new Map()
          for (const each of lefts.keys()) send(each)
        }
        const results = new Map<number, string>()
        for (const [index, turn] of turns) results.set(index, (await turn.result).status)
        await session.idle()
        const said = (await session.messages()).map(({ content }) => content as string)
        for (const [index, left] of lefts.entries()) {
          const own = said.filter((text) => text.split(':')[1]?.split('>')[0] === `t${index}`)
          const expected = expectedOf(shape, left, `t${index}`)
          expect(new Set(own).size).toBe(own.length)
          if (results.get(index) === 'completed') {
            completed++
            expect(own.toSorted()).toEqual(expected.handled.toSorted())
          } else {
            cancelled++
            expect(wanted.has(index)).toBe(false)
            expect(expected.handled).toEqual(expect.arrayContaining(own))
          }
        }
        const checkpoint = store.checkpoint('s')
        expect(checkpoint.turns).toEqual([])
        expect(JSON.stringify(checkpoint.snapshot)).not.toMatch(/"(current|inbox|held)"/)
        const ids = (await store.log.read('s')).map(({ event }) => event.id)
        expect(new Set(ids).size).toBe(ids.length)
        for (const each of [session, ...dead]) await each.stop()
      }),
      { numRuns: 120, seed: 20_261_122 },
    )
    expect(Math.min(crashes, cancelled, completed)).toBeGreaterThan(30)
  },
)
