import { memoryStore, openSession } from 'troupe'
import { expect, test } from 'vitest'
import { serveScript } from './real-model.ts'
import { reviewedAgent } from './review-tool-calls.ts'

const asks = (id: string, city: string) => ({ toolCalls: [{ id, name: 'weather_search', args: { city } }] })
const question = "what's the weather in SF?"

test('review: without a call there is nothing to review', async () => {
  await using model = await serveScript(['Hello!'])
  await using session = await openSession(reviewedAgent([]), { client: model.client })
  expect(await session.send('hi!').result).toMatchObject({ status: 'completed', text: 'Hello!' })
})

test('review: a call waits until a person lets it pass, in a later process too', async () => {
  const store = memoryStore()
  const searched: string[] = []
  await using model = await serveScript([asks('call', 'sf'), 'It is sunny.'])
  const open = () => openSession(reviewedAgent(searched), { id: 'thread-2', client: model.client, store })
  const before = await open()
  expect(await before.send(question).result).toMatchObject({ status: 'waiting', pending: [{ undecided: ['call'] }] })
  expect(searched).toEqual([])
  await before.stop()
  await using session = await open()
  const turn = await session.signal('approve', { callId: 'call' })
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'It is sunny.' })
  expect(searched).toEqual(['sf'])
})

test('review: a person edits the arguments of a call', async () => {
  const searched: string[] = []
  await using model = await serveScript([asks('call', 'sf'), 'It is sunny in San Francisco.'])
  await using session = await openSession(reviewedAgent(searched), { client: model.client })
  await session.send(question).result
  const turn = await session.signal('approve', { callId: 'call', args: { city: 'San Francisco, USA' } })
  expect((await turn.result).text).toBe('It is sunny in San Francisco.')
  expect(searched).toEqual(['San Francisco, USA'])
})

test('review: feedback goes to the model, whose next call is reviewed again', async () => {
  const searched: string[] = []
  await using model = await serveScript([asks('first', 'sf'), asks('second', 'San Francisco, USA'), 'It is sunny.'])
  await using session = await openSession(reviewedAgent(searched), { client: model.client })
  await session.send(question).result
  const reason = 'User requested changes: use <city, country> format for location'
  const again = await session.signal('reject', { callId: 'first', reason })
  expect(await again.result).toMatchObject({ status: 'waiting', pending: [{ undecided: ['second'] }] })
  expect(model.requests[1]?.messages.at(-1)).toMatchObject({ role: 'tool', content: expect.stringContaining(reason) })
  const turn = await session.signal('approve', { callId: 'second' })
  expect((await turn.result).text).toBe('It is sunny.')
  expect(searched).toEqual(['San Francisco, USA'])
})
