import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSession, openStore, textOf, type Message, type Session, type Store } from 'troupe'
import { hold, scriptedModel, type Script } from 'troupe/testing'
import { settled } from '../setup/gate.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { testVoice } from './test-voice.ts'
import { voiceAgent } from './voice-agent.ts'

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'troupe-barge-in-'))))
afterAll(() => rm(folder, { recursive: true }))

/** A conversation with a voice that speaks ten characters a second. */
async function conversation(script: Script, store?: Store) {
  const clock = manualClock()
  const voice = testVoice()
  const model = scriptedModel(script)
  const options = { id: 's', clock, client: model.client, ...(store ? { store } : {}) }
  const open = () => openSession(voiceAgent(voice), options)
  const session = await open()
  const heard: string[] = []
  const listen = (to: Session) =>
    to.on('output', ({ type, data }) => void (type === 'audio' && heard.push((data as { text: string }).text)))
  listen(session)
  return {
    clock,
    voice,
    model,
    session,
    open,
    listen,
    /** Waits until so many sentences have left. */
    sent: async (count: number) => {
      while (heard.length < count) await settled()
    },
    /** What the model was shown last. */
    shown: () => model.requests.at(-1)?.messages as Message[],
  }
}

const texts = async (session: Session) => (await session.messages()).map(({ content }) => content)

test('input while an answer is played cuts it to what was heard, for the model and in the conversation', async () => {
  const { clock, session, sent, shown } = await conversation(['The museum opens at nine. It closes at five.', 'Bye.'])
  await session.send('When?').result
  await sent(2)
  // 2.5 s for the first sentence, one of 1.8 s for the second.
  clock.advance(3_500)
  await session.send('Thanks!').result
  const heard = ['When?', 'The museum opens at nine. It closes …', 'Thanks!']
  expect(shown().map(({ content }) => content)).toEqual(heard)
  expect(await texts(session)).toEqual([...heard, 'Bye.'])
  await session.stop()
})

test('an answer that was played to its end stays as it is', async () => {
  const { clock, session, sent } = await conversation(['One. Two.\n```', 'Bye.'])
  await session.send('Count.').result
  await sent(2)
  clock.advance(60_000)
  await session.send('Thanks!').result
  expect(await texts(session)).toEqual(['Count.', 'One. Two.\n```', 'Thanks!', 'Bye.'])
  await session.stop()
})

test('of an answer that was not spoken yet nothing was heard', async () => {
  const { voice, session } = await conversation(['One. Two.', 'Bye.'])
  const stuck = voice.hold('One.')
  await session.send('Count.').result
  await stuck.reached
  await session.send('Thanks!').result
  expect(await texts(session)).toEqual(['Count.', '…', 'Thanks!', 'Bye.'])
  stuck.open()
  await session.stop()
})

test('where the model was cut off too, what was heard of its answer is recorded', async () => {
  const rest = hold()
  const { clock, session, sent } = await conversation([{ text: ['One two three. ', 'Four', rest, ' five.'] }, 'Bye.'])
  const turn = session.send('Count.')
  await sent(1)
  await rest.reached
  clock.advance(800)
  turn.cancel()
  await turn.result
  await session.send('Thanks!').result
  expect(await texts(session)).toEqual(['Count.', 'One two …', 'Thanks!', 'Bye.'])
  rest.release()
  await session.stop()
})

test('so it is where the new input interrupts the turn', async () => {
  const rest = hold()
  const { clock, session, sent, shown } = await conversation([
    { text: ['One two three. ', 'Four', rest, ' five.'] },
    'Bye.',
  ])
  const turn = session.send('Count.')
  await sent(1)
  await rest.reached
  clock.advance(800)
  await session.send('Thanks!', { policy: 'interrupt' }).result
  expect((await turn.result).status).toBe('cancelled')
  expect(shown().map(({ content }) => content)).toEqual(['Count.', 'One two …', 'Thanks!'])
  expect(await texts(session)).toEqual(['Count.', 'One two …', 'Thanks!', 'Bye.'])
  rest.release()
  await session.stop()
})

test('so it is behind a call that was made without a word', async () => {
  const rest = hold()
  const script = [{ toolCalls: [{ name: 'look_up' }] }, { text: ['It is sunny. ', 'And', rest] }, 'Bye.']
  const { clock, session, sent, shown } = await conversation(script)
  const turn = session.send('Weather?')
  await sent(1)
  await rest.reached
  clock.advance(60_000)
  turn.cancel()
  await turn.result
  await session.send('Thanks!').result
  expect(shown().map(({ role, content }) => `${role}: ${textOf(content)}`)).toEqual([
    'user: Weather?',
    'assistant: ',
    'tool: It is sunny.',
    'assistant: It is sunny. …',
    'user: Thanks!',
  ])
  rest.release()
  await session.stop()
})

test('what was said before a tool was called counts, and what was said after it', async () => {
  const script = [
    { text: 'Let me see.', toolCalls: [{ name: 'look_up' }] },
    'It is sunny. It stays so.',
    'Bye.',
    'Once more, bye.',
  ]
  const { clock, session, sent, shown } = await conversation(script)
  await session.send('Weather?').result
  await sent(3)
  clock.advance(1_100 + 1_200)
  await session.send('Thanks!').result
  expect(shown().map(({ role, content }) => `${role}: ${textOf(content)}`)).toEqual([
    'user: Weather?',
    'assistant: Let me see.',
    'tool: It is sunny.',
    'assistant: It is sunny. …',
    'user: Thanks!',
  ])
  await session.stop()
})

test('what was not heard of a text before a call leaves the call, and nothing of the answer behind it', async () => {
  const script = [{ text: 'Let me see about that.', toolCalls: [{ name: 'look_up' }] }, 'It is sunny.', 'Bye.']
  const { clock, session, sent, shown } = await conversation(script)
  await session.send('Weather?').result
  await sent(2)
  clock.advance(1_100)
  await session.send('Thanks!').result
  expect(shown().map(({ role, content }) => `${role}: ${textOf(content)}`)).toEqual([
    'user: Weather?',
    'assistant: Let me see …',
    'tool: It is sunny.',
    'assistant: …',
    'user: Thanks!',
  ])
  await session.stop()
})

test('a client that acknowledges what it played is believed, and may stop without saying anything', async () => {
  const { clock, session, sent } = await conversation(['One. Two. Three.', 'Bye.'])
  await session.send('Count.').result
  await sent(3)
  clock.advance(60_000)
  await (
    await session.signal('playback', { index: 0 })
  ).result
  expect(await texts(session)).toEqual(['Count.', 'One. Two. Three.'])
  await (
    await session.signal('playback', { index: 1, stopped: true })
  ).result
  expect(await texts(session)).toEqual(['Count.', 'One. Two. …'])
  await session.send('Thanks!').result
  expect(await texts(session)).toEqual(['Count.', 'One. Two. …', 'Thanks!', 'Bye.'])
  await session.stop()
})

test('a voice that fails takes nothing from the conversation', async () => {
  const { voice, session } = await conversation(['One. Two. Three. Four.', 'Bye.'])
  voice.fail(4)
  await session.send('Count.').result
  while (session.nodeStates()['tts']?.status === 'running') await settled()
  await session.send('Thanks!').result
  expect(await texts(session)).toEqual(['Count.', 'One. Two. Three. Four.', 'Thanks!', 'Bye.'])
  await session.stop()
})

test('what was heard survives a restore, and a fork has what it was forked with', async () => {
  const store = await openStore(`sqlite:${join(folder, 'a.db')}`)
  const { clock, session, open, sent } = await conversation(['One two. Three four.', 'Five six.', 'Bye.'], store)
  await session.send('Count.').result
  await sent(2)
  clock.advance(900)
  await session.stop()
  const again = await open()
  await again.send('Go on.').result
  const heard = ['Count.', 'One two. …', 'Go on.', 'Five six.']
  expect(await texts(again)).toEqual(heard)
  const [before, after] = await Promise.all([again.fork({ id: 'before', at: '0.1' }), again.fork({ id: 'after' })])
  expect(await texts(before)).toEqual(['Count.', 'One two. Three four.'])
  expect(await texts(after)).toEqual(heard)
  await Promise.all([again, before, after].map((each) => each.stop()))
  await store.close()
})
