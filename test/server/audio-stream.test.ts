import { expect, test, vi } from 'vitest'
import voice from '../../machines/voice/agent.ts'
import { fliteSpeech, type Agent, type AudioData } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { readWav } from '../../src/model/speech/wav.ts'
import { startServing } from './serving.ts'

vi.setConfig({ testTimeout: 60_000 })

test('audio comes as events of the stream, in order, also behind the end of the turn; new input stops it', async () => {
  const { client } = scriptedModel(['The museum opens at nine. It closes at five. Bring a friend.', 'Good bye.'])
  const { call, stream } = await startServing({
    agents: [voice as unknown as Agent],
    poolOptions: { client, speech: fliteSpeech() },
  })
  await call('POST', '/sessions', { id: 'ada' })
  const events = await stream('/sessions/ada/events')
  await events.opening()
  expect(await call('POST', '/sessions/ada/messages', { content: 'When?' })).toMatchObject({ status: 200 })
  const heard: AudioData[] = []
  while (heard.length < 3) heard.push((await events.until('audio')).data.data as AudioData)
  expect(heard.map(({ index, text }) => [index, text])).toEqual([
    [0, 'The museum opens at nine.'],
    [1, 'It closes at five.'],
    [2, 'Bring a friend.'],
  ])
  for (const { data, seconds } of heard) expect(readWav(Buffer.from(data, 'base64'))?.seconds).toBe(seconds)
  const seconds = (heard[0]?.seconds ?? 0) / 2
  await call('POST', '/sessions/ada/signals', { type: 'playback', data: { index: 0, seconds, stopped: true } })
  expect((await events.until('speech_stopped')).data.data).toMatchObject({ by: 'playback' })
  const { body } = await call('GET', '/sessions/ada/messages')
  const { messages } = body as { messages: object[] }
  expect(messages).toEqual([
    { role: 'user', content: 'When?' },
    { role: 'assistant', content: 'The museum …' },
  ])
  // On a page that ends before the amendment, too.
  const page = await call('GET', '/sessions/ada/messages?limit=2')
  expect(page.body).toEqual({ messages, next: 2 })
  await events.drop()
})
