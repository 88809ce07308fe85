import { expect, test } from 'vitest'
import { SessionPool, type Agent } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { testVoice } from '../nodes/test-voice.ts'
import { voiceAgent } from '../nodes/voice-agent.ts'
import { settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'

test('a session is kept in memory until it has said what it has to say', async () => {
  const clock = manualClock()
  const voice = testVoice()
  const stuck = voice.hold('Two.')
  const { client } = scriptedModel(['One. Two. Three.'])
  const agent = voiceAgent(voice) as unknown as Agent
  await using pool = new SessionPool({ agents: [agent], clock, client, idleAfter: 1_000 })
  await pool.create('voice', { id: 'a' })
  let last = ''
  pool.watch('a', { output: ({ type, data }) => void (type === 'audio' && (last = (data as { text: string }).text)) })
  await (
    await pool.send('a', 'Count.')
  ).result
  await stuck.reached
  clock.advance(60_000)
  await settled()
  expect(pool.stats()).toMatchObject({ live: 1, passivations: 0 })
  stuck.open()
  while (last !== 'Three.') await settled()
  while (pool.stats().live > 0) {
    clock.advance(60_000)
    await settled()
  }
  expect(pool.stats()).toMatchObject({ passivations: 1 })
})
