import { expect, test } from 'vitest'
import { readCheckpoint } from '../../src/session/checkpoint-text.ts'
import { openSession } from '../setup/engine.ts'
import { testStore } from '../setup/test-store.ts'
import { relayAgent } from './agents.ts'

test('what is stored with each step is the snapshot that the session would give then', async () => {
  const store = testStore()
  const agent = relayAgent(
    (text, runtime) => {
      runtime.setState({ asked: text })
      runtime.emit('asked', { text })
    },
    (text, runtime) => runtime.emit('said', { text }),
  )
  await using session = await openSession(agent, { id: 's', store })
  for (const text of ['one', 'two']) {
    await session.send(text, { id: text }).result
    const stored = readCheckpoint(store.batches.at(-1)?.checkpoint ?? '', 's')
    const now = await session.snapshot()
    expect({ ...stored, revision: 0 }).toEqual({ ...now, revision: 0 })
  }
})
