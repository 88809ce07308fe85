import { expect, test } from 'vitest'
import { openSession } from 'troupe'
import { hold, scriptedModel } from 'troupe/testing'
import { settled } from '../setup/gate.ts'
import { testVoice } from './test-voice.ts'
import { voiceAgent } from './voice-agent.ts'

test('new input stops the voice at once, drops what waits, and the next answer is spoken', async () => {
  const voice = testVoice()
  const stuck = voice.hold('Two.')
  const model = scriptedModel([{ text: ['One. ', 'Two. ', 'Three. ', 'Four. '] }, 'Hello.'])
  const session = await openSession(voiceAgent(voice), { client: model.client })
  const heard: string[] = []
  session.on('output', ({ type, data }) => {
    if (type === 'audio') heard.push((data as { text: string }).text)
    if (type === 'speech_stopped') heard.push(`stopped by ${(data as { by: string }).by}`)
  })
  await session.send('Count.').result
  await stuck.reached
  expect(session.nodeStates()['tts']?.status).toBe('running')
  await session.send('Stop!').result
  while (heard.at(-1) !== 'Hello.') await settled()
  expect(heard).toEqual(['stopped by user_input', 'One.', 'stopped by user_input', 'Hello.'])
  expect(voice.cancelled).toContain('Two.')
  expect(voice.asked).not.toContain('Four.')
  stuck.open()
  await session.stop()
})

test('a signal stops the speech of an answer that is still streamed, all of it', async () => {
  const voice = testVoice()
  const rest = hold()
  const model = scriptedModel([{ text: ['One. ', 'Two. ', rest, 'Three. Four. '] }])
  const session = await openSession(voiceAgent(voice), { client: model.client })
  const heard: string[] = []
  session.on('output', ({ type, data }) => void (type === 'audio' && heard.push((data as { text: string }).text)))
  const turn = session.send('Count.')
  await rest.reached
  while (heard.length < 2) await settled()
  // What is only acknowledged stops nothing.
  await (
    await session.signal('playback', { index: 0 })
  ).result
  await (
    await session.signal('playback', { index: 1, stopped: true })
  ).result
  rest.release()
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'One. Two. Three. Four. ' })
  await settled()
  expect(voice.asked).toEqual(['One.', 'Two.'])
  await session.stop()
})

test('cancelling the turn and stopping the session end the voice, too', async () => {
  for (const end of ['cancel', 'stop'] as const) {
    const voice = testVoice()
    const stuck = voice.hold('One.')
    const model = scriptedModel([{ text: ['One. ', hold()] }])
    const session = await openSession(voiceAgent(voice), { client: model.client })
    const turn = session.send('Count.')
    await stuck.reached
    if (end === 'cancel') turn.cancel()
    else await session.stop()
    await turn.result.catch(() => {})
    expect(voice.cancelled).toEqual(['One.'])
    stuck.open()
    await session.stop()
  }
})
