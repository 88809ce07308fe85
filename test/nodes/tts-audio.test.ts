import { expect, test } from 'vitest'
import { defineAgent, llmNode, memoryNode, openSession, ttsNode, type AgentEvent, type AudioData } from 'troupe'
import { hold, scriptedModel } from 'troupe/testing'
import { readWav } from '../../src/model/speech/wav.ts'
import { settled } from '../setup/gate.ts'
import { testVoice } from './test-voice.ts'
import { voiceAgent } from './voice-agent.ts'

test('the first sentence is heard while the model still streams, and all of them in order', async () => {
  const voice = testVoice()
  const last = hold()
  const model = scriptedModel([
    { text: ['The museum opens', ' at nine. ', '它九点开门。', 'It closes at five. ', 'Bring', last, ' a friend!'] },
  ])
  const session = await openSession(voiceAgent(voice), { client: model.client })
  const heard: AgentEvent<AudioData>[] = []
  let firstHeard = (): void => {}
  const first = new Promise<void>((resolve) => (firstHeard = resolve))
  session.on('output', (event) => {
    if (event.type !== 'audio') return
    heard.push(event as unknown as AgentEvent<AudioData>)
    firstHeard()
  })
  const turn = session.send('When?')
  await first
  await last.reached
  last.release()
  await turn.result
  while (heard.length < 4) await settled()
  expect(heard.map(({ data }) => [data.index, data.text, data.format, data.attempt])).toEqual([
    [0, 'The museum opens at nine.', 'wav', 1],
    [1, '它九点开门。', 'wav', 1],
    [2, 'It closes at five.', 'wav', 1],
    [3, 'Bring a friend!', 'wav', 1],
  ])
  for (const { data, transient } of heard) {
    expect(transient).toBe(true)
    expect(readWav(Buffer.from(data.data, 'base64'))).toMatchObject({ rate: 8_000, seconds: data.seconds })
    expect(data.seconds).toBeCloseTo(data.text.length / 10)
  }
  await session.stop()
})

test('a sentence is made while the one before is, and never more than that', async () => {
  const voice = testVoice()
  const first = voice.hold('One.')
  const model = scriptedModel([{ text: ['One. Two. Three. Four. '] }])
  const session = await openSession(voiceAgent(voice), { client: model.client })
  const order: number[] = []
  session.on('output', ({ type, data }) => void (type === 'audio' && order.push((data as AudioData).index)))
  await session.send('Count.').result
  await first.reached
  expect(voice.asked).toEqual(['One.', 'Two.'])
  first.open()
  while (order.length < 4) await settled()
  expect(order).toEqual([0, 1, 2, 3])
  expect(voice.most).toBe(2)
  await session.stop()
})

test('nothing is spoken when nobody takes the audio', async () => {
  const voice = testVoice()
  const quiet = defineAgent({
    id: 'quiet',
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode(), tts: ttsNode({ voice }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'llm_chunk', to: 'tts' },
      { from: 'tts', on: 'sentence_ready', to: 'output' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
  const session = await openSession(quiet, { client: scriptedModel(['One. Two.']).client })
  const sentences: unknown[] = []
  session.on('output', ({ type, data }) => void (type === 'sentence_ready' && sentences.push(data)))
  await session.send('Count.').result
  while (sentences.length < 2) await settled()
  expect(sentences).toEqual([
    { text: 'One.', index: 0, attempt: 1, silent: true },
    { text: 'Two.', index: 1, attempt: 1, lead: ' ', silent: true },
  ])
  expect(voice.asked).toEqual([])
  await session.stop()
})
