import { expect, test } from 'vitest'
import { openSession, type Session } from '../setup/engine.ts'
import { testStore } from '../setup/test-store.ts'
import { relayAgent } from './agents.ts'

const relay = relayAgent(
  (text, runtime) => {
    runtime.append({ role: 'user', content: text })
    runtime.emit('asked', { text })
  },
  (text, runtime) => runtime.emit('said', { text }),
)

test.each(['async', 'exit'] as const)(
  "'%s': after a crash ids go on in a new branch, so none means two events",
  async (durability) => {
    let store = testStore()
    const ids: string[] = []
    const dead: Session[] = []
    for (let life = 0; life < 3; life++) {
      const session = await openSession(relay, { id: 's', store, durability })
      session.on('output', ({ id }) => ids.push(id))
      await session.send('hello').result
      await session.flushed()
      store = store.image()
      dead.push(session)
    }
    expect(ids.map((id) => id.split('.')[0])).toEqual(['s/0', 's/1', 's/2'])
    await using session = await openSession(relay, { id: 's', store, durability })
    expect((await session.messages()).map(({ content }) => content)).toEqual(['hello', 'hello', 'hello'])
    for (const each of dead) await each.stop()
  },
)

test("what an 'async' session left behind goes on in a new branch with 'sync' too", async () => {
  const store = testStore()
  const dead = await openSession(relay, { id: 's', store, durability: 'async' })
  await dead.send('hello').result
  await dead.flushed()
  await using session = await openSession(relay, { id: 's', store: store.image() })
  expect(session.send('again').traceId).toMatch(/^s\/1\./)
  await dead.stop()
})

test.each(['async', 'exit'] as const)(
  "'%s': 1,000 openings, each stopped in order, need no branch and no room",
  { timeout: 60_000 },
  async (durability) => {
    const store = testStore()
    const sizes: number[] = []
    for (let life = 0; life < 1_000; life++) {
      const session = await openSession(relay, { id: 's', store, durability })
      if (life % 100 === 0) await session.send('hello').result
      await session.stop()
      sizes.push(store.batches.at(-1)?.checkpoint.length ?? 0)
    }
    expect(store.checkpoint('s')).toMatchObject({ branch: 0, head: { count: 10, parents: [] } })
    expect((sizes.at(-1) ?? 0) - (sizes[10] ?? 0)).toBeLessThan(20)
  },
)

test('1,000 crashes in which nothing was said need no room either', { timeout: 60_000 }, async () => {
  let store = testStore()
  const dead: Session[] = []
  for (let life = 0; life < 1_000; life++) {
    dead.push(await openSession(relay, { id: 's', store, durability: 'async' }))
    store = store.image()
  }
  const { branch, head } = store.checkpoint('s')
  expect({ branch, head }).toEqual({ branch: 999, head: { branch: 999, count: 0, parents: [] } })
  for (const each of dead) await each.stop()
})

test('an orderly stop whose last write fails leaves a session that goes on in a new branch', async () => {
  const store = testStore()
  const first = await openSession(relay, { id: 's', store, durability: 'async' })
  await first.send('hello').result
  await first.flushed()
  store.failAfter(0, new Error('disk full'))
  await first.stop()
  await using second = await openSession(relay, { id: 's', store: store.image(), durability: 'async' })
  expect(second.send('again').traceId).toMatch(/^s\/1\./)
})
