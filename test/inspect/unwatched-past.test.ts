import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { echoAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'

test('a session that nobody looks at keeps its newest records only; while somebody looks, all; leaving loses none at once', async () => {
  const { inspector, connect } = await lookedAt({ maxUnwatched: 40 })
  const session = await openSession(echoAgent(), { id: 'echo-1', inspector })
  const quiet = await openSession(echoAgent(), { id: 'echo-2', inspector })
  onTestFinished(async () => void (await Promise.all([session.stop(), quiet.stop()])))
  const kept = (): number => inspector.find('echo-1')?.past.kept ?? 0
  const talk = async (turns: number): Promise<void> => {
    for (let turn = 0; turn < turns; turn++) await session.send(`turn ${turn}`).result
  }
  await quiet.send('early').result
  const ofQuiet = inspector.find('echo-2')?.past.kept ?? 0
  await talk(100)
  expect(kept()).toBe(40)

  const reader = await connect()
  const { firstSeq, lastSeq, state } = await reader.subscribe('echo-1')
  expect(lastSeq - firstSeq + 1).toBe(40)
  expect(state.turns).toHaveLength(100)
  const { records, more } = await reader.ask({ type: 'history', session: 'echo-1', before: lastSeq + 1 })
  expect([records.length, records[0]?.seq, more]).toEqual([40, firstSeq, false])
  await talk(100)
  const watched = kept()
  expect(watched).toBeGreaterThan(400)
  await reader.ask({ type: 'unsubscribe', session: 'echo-1' })
  expect(kept()).toBe(watched)
  await talk(1)
  expect(kept()).toBeGreaterThan(watched - 20)
  await talk(100)
  expect(kept()).toBe(40)
  // What one forgets is nothing to the other.
  expect(inspector.find('echo-2')?.past.kept).toBe(ofQuiet)
  expect(inspector.retained.size).toBe(40 + ofQuiet)
})
