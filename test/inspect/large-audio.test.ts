import { expect, onTestFinished, test } from 'vitest'
import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { settled } from '../setup/gate.ts'
import { writeWav } from '../../src/model/speech/wav.ts'
import { voiceAgent } from '../nodes/voice-agent.ts'
import { lookedAt } from './looked-at.ts'

test('a page that looks on gets no megabytes of audio', async () => {
  const { inspector, connect } = await lookedAt()
  const voice = {
    name: 'loud',
    synthesize: () =>
      Promise.resolve({
        format: 'wav' as const,
        data: writeWav({ rate: 16_000, channels: 1, bitsPerSample: 16, samples: new Uint8Array(1_000_000) }),
        seconds: 31.25,
      }),
  }
  const { client } = scriptedModel(['One. Two.', 'Three. Four.'])
  const session = await openSession(voiceAgent(voice), { id: 'loud-1', inspector, client })
  onTestFinished(() => session.stop())
  let audio = 0
  session.on('output', ({ type }) => void (type === 'audio' && audio++))
  const early = await connect()
  await early.subscribe('loud-1')
  await session.send('Count.').result
  while (audio < 2) await settled()
  await session.send('More.').result
  while (audio < 4) await settled()
  await early.until((reader) => reader.state('loud-1').turns.filter(({ status }) => status === 'completed').length > 1)
  const { records } = await early.ask({ type: 'history', session: 'loud-1', before: 10_000 })
  const late = await connect()
  await late.subscribe('loud-1')
  expect(JSON.stringify(records).length).toBeLessThan(200_000)
  for (const { texts } of [early, late]) expect(texts.join('').length).toBeLessThan(400_000)
})
