import { expect, test } from 'vitest'
import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { settled } from '../setup/gate.ts'
import { testVoice } from './test-voice.ts'
import { voiceAgent } from './voice-agent.ts'

async function listen(text: string, failures: number) {
  const voice = testVoice()
  voice.fail(failures)
  const session = await openSession(voiceAgent(voice), { client: scriptedModel([text, 'Bye.']).client })
  const heard: string[] = []
  session.on('output', ({ type, data }) => {
    const { index, code, silent } = data as { index: number; code?: string; silent?: true }
    if (type === 'audio') heard.push(`${index} spoken`)
    if (type === 'speech_failed') heard.push(`${index} ${code}`)
    if (type === 'sentence_ready' && silent) heard.push(`${index} silent`)
  })
  const result = await session.send('Speak.').result
  while (session.nodeStates()['tts']?.status === 'running') await settled()
  return { session, voice, heard, result }
}

test('a sentence that the voice cannot speak is told of, and fails neither the turn nor the sentences behind it', async () => {
  const { session, heard, result } = await listen('One. Two. Three.', 1)
  expect(result).toMatchObject({ status: 'completed', text: 'One. Two. Three.', dropped: [] })
  expect(heard).toEqual(['0 error', '0 silent', '1 spoken', '2 spoken'])
  await session.stop()
})

test.each([
  ['nothing', undefined, 'speech_failed'],
  ['no data', { format: 'wav', seconds: 1 }, 'speech_failed'],
  ['no length', { format: 'wav', data: new Uint8Array(2), seconds: Number.NaN }, 'speech_failed'],
  ['another format', { format: 'ogg', data: new Uint8Array(2), seconds: 1 }, 'speech_failed'],
  ['too much', { format: 'pcm', data: new Uint8Array(4_000_001), seconds: 1 }, 'speech_too_large'],
])(
  'a voice of somebody else that gives %s has failed, and takes nothing from the conversation',
  async (_, audio, code) => {
    const voice = { name: 'own', synthesize: () => Promise.resolve(audio as never) }
    const session = await openSession(voiceAgent(voice), { client: scriptedModel(['One. Two.', 'Bye.']).client })
    const codes: unknown[] = []
    session.on(
      'output',
      ({ type, data }) => void (type === 'speech_failed' && codes.push((data as { code: string }).code)),
    )
    await session.send('Count.').result
    while (session.nodeStates()['tts']?.status === 'running') await settled()
    expect(codes).toEqual([code, code])
    await session.send('Thanks!').result
    expect((await session.messages()).map(({ content }) => content)).toEqual(['Count.', 'One. Two.', 'Thanks!', 'Bye.'])
    await session.stop()
  },
)

test('a voice that keeps failing is not asked for more of the turn, and is for the next', async () => {
  const { session, voice, heard } = await listen('One. Two. Three. Four. Five. Six.', 4)
  expect(heard.slice(0, 6)).toEqual(['0 error', '0 silent', '1 error', '1 silent', '2 error', '2 silent'])
  expect(heard.slice(-2)).toEqual(['4 silent', '5 silent'])
  expect(voice.asked.length).toBeLessThan(5)
  heard.splice(0)
  await session.send('Again.').result
  while (!heard.includes('0 spoken')) await settled()
  await session.stop()
})
