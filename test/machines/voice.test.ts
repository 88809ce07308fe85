import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Agent } from 'troupe'
import voice from '../../machines/voice/agent.ts'
import { readWav } from '../../src/model/speech/wav.ts'
import { openChatSession } from '../../src/cli/chat-session.ts'
import { TurnBlocks } from '../../src/cli/turn-blocks.ts'
import { settled } from '../setup/gate.ts'
import { eventsOf, runTroupe, textsOf } from '../cli/run-troupe.ts'

// Speech takes its time where other tests run beside.
vi.setConfig({ testTimeout: 60_000 })

test('voice speaks its answers without key and network, sentence by sentence, and what was heard stays whole', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-said-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const lines = ['Hello', 'What did I say first?']
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/voice', '--json', '--audio', folder], { lines })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const events = eventsOf(stdout)
  expect(textsOf(events).at(-1)).toContain('"Hello"')
  const files = (await readdir(folder)).sort()
  // The answer to "Hello" has three sentences; the turn after it acknowledges them.
  expect(files).toEqual(['0.1-0.wav', '0.1-1.wav', '0.1-2.wav', '0.3-0.wav'])
  for (const file of files) {
    const wav = readWav(await readFile(join(folder, file)))
    expect(wav).toMatchObject({ channels: 1, bitsPerSample: 16 })
    expect(wav?.seconds).toBeGreaterThan(1)
  }
  expect(events.filter(({ type }) => type === 'signal')).toMatchObject([{ data: { index: 2 } }, { data: { index: 0 } }])
})

test('without a folder for its audio the chat is silent, and so all of an answer counts as heard', async () => {
  const agent = voice as unknown as Agent
  const { session, close } = await openChatSession(agent, 'machines/voice', {}, new TurnBlocks())
  const types = new Set<string>()
  session.on('output', ({ type }) => void types.add(type))
  const { text } = await session.send('Hello').result
  while (session.nodeStates()['tts']?.status === 'running') await settled()
  await session.send('Again').result
  expect((await session.messages())[1]).toEqual({ role: 'assistant', content: text })
  expect([types.has('sentence_ready'), types.has('audio')]).toEqual([true, false])
  await close()
})

test('its voice is in the background, and gives way to who speaks', () => {
  expect(voice.nodes.tts).toMatchObject({ background: true, givesWay: true })
})
