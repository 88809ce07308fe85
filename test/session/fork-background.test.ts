import { expect, test } from 'vitest'
import { memoryStore, openSession } from 'troupe'
import { gate } from '../setup/gate.ts'
import { relayAgent } from './agents.ts'

test('background work goes on where it began, and is in no fork', async () => {
  const speaking = gate()
  const spoken: string[] = []
  const agent = relayAgent(
    (text, runtime) => {
      runtime.emit('said', { text })
      runtime.emit('asked', { text })
    },
    async (text) => {
      if (text === 'one') await speaking.pass()
      spoken.push(text)
    },
    { second: { background: true } },
  )
  await using session = await openSession(agent, { id: 's', store: memoryStore() })
  await session.send('one').result
  await speaking.reached
  await using now = await session.fork({ id: 'now' })
  await using early = await session.fork({ at: '0.1', id: 'early' })
  for (const fork of [now, early]) {
    expect(fork.nodeStates()['second']?.status).not.toBe('running')
    await fork.send(fork.id).result
    await fork.idle()
  }
  expect(spoken.sort()).toEqual(['early', 'now'])
  speaking.open()
  await session.send('two').result
  expect(spoken).toContain('one')
})
