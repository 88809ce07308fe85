import { expect, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { settled } from '../setup/gate.ts'
import { testStore } from '../setup/test-store.ts'
import { relayAgent, soloAgent, untilAborted } from './agents.ts'

test('event ids are <session>/<branch>.<turn>.<n>, and no id means two events over three lives of a session', async () => {
  const store = testStore()
  const ids: string[] = []
  const agent = relayAgent(
    (text, runtime) => {
      runtime.emit('chunk', { text })
      runtime.emit('asked', { text })
    },
    (text, runtime) => runtime.emit('said', { text }),
  )
  for (let life = 0; life < 3; life++) {
    await using session = await openSession(agent, { id: 'a.b', store })
    session.on('output', ({ id }) => ids.push(id))
    for (let turn = 0; turn < 5; turn++) await session.send('hello').result
  }
  const logged = (await store.log.read('a.b')).map(({ event }) => event.id)
  expect(new Set(logged).size).toBe(logged.length)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toHaveLength(30)
  for (const id of [...ids, ...logged]) expect(id).toMatch(/^a\.b\/0\.\d+\.\d+(\.\d+\.\d+)?$/)
  const traceIds = new Set(logged.map((id) => id.split('.').slice(0, 3).join('.')))
  expect(traceIds.size).toBe(15)
})

test('sequence numbers of the log count up by one', async () => {
  const store = testStore()
  const agent = soloAgent((text, runtime) => runtime.emit('said', { text }))
  for (let life = 0; life < 3; life++) {
    await using session = await openSession(agent, { id: 's', store })
    await session.send('hello').result
  }
  const sequences = (await store.log.read('s')).map(({ sequence }) => sequence)
  expect(sequences).toEqual(Array.from({ length: sequences.length }, (_, index) => index + 1))
})

test('transient events of each attempt have ids of their own, whatever crashes lie between', async () => {
  const ids: string[] = []
  const attempts: number[] = []
  const agent = soloAgent(async (text, runtime) => {
    attempts.push(runtime.attempt)
    runtime.emit('chunk', { text })
    await untilAborted(text, runtime)
  })
  let store = testStore()
  const lives = []
  for (let life = 0; life < 4; life++) {
    const session = await openSession(agent, { id: 's', store })
    lives.push(session)
    session.on('output', ({ id }) => ids.push(id))
    if (life === 0) await session.send('hello').accepted
    await settled()
    // The process dies here: what is stored now is what the next one finds.
    store = store.image()
  }
  expect(attempts).toEqual([1, 2, 3, 4])
  expect(new Set(ids).size).toBe(ids.length)
  for (const session of lives) await session.stop()
})
