import { expect, test } from 'vitest'
import { gate } from '../setup/gate.ts'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('a message is answered with its result as JSON', async () => {
  const { call } = await startServing({ agents: [wordAgent()] })
  await call('POST', '/sessions', { id: 'ada' })
  const { status, body } = await call('POST', '/sessions/ada/messages', { content: 'good day' })
  expect(status).toBe(200)
  expect(body).toMatchObject({ traceId: 'ada/0.1', status: 'completed', text: 'GOOD DAY', error: null, pending: [] })
})

test('a message is answered with its events and then its end as a stream', async () => {
  const { call, stream } = await startServing({ agents: [wordAgent()] })
  await call('POST', '/sessions', { id: 'ada' })
  const reader = await stream('/sessions/ada/messages', { body: { content: 'good day' } })
  const events = await reader.rest()
  expect(events.map(({ event }) => event)).toEqual(['chunk', 'chunk', 'said', 'turn_end'])
  const [chunk, , said, end] = events
  expect(chunk?.data).toMatchObject({ type: 'chunk', from: 'worker', data: { text: 'good ' }, traceId: 'ada/0.1' })
  expect(Object.keys(chunk?.data ?? {})).toEqual(['id', 'type', 'from', 'data', 'traceId', 'time'])
  expect(said?.id).toBe(said?.data.id)
  expect(end?.data.data).toMatchObject({ status: 'completed', text: 'GOOD DAY' })
})

test('the same Idempotency-Key joins the first turn, over JSON and streams', async () => {
  let runs = 0
  const { call, stream } = await startServing({ agents: [wordAgent(() => void runs++)] })
  await call('POST', '/sessions', { id: 'ada' })
  const headers = { 'idempotency-key': 'first' }
  const send = () => call('POST', '/sessions/ada/messages', { content: 'hello' }, headers)
  const [one, two] = await Promise.all([send(), send()])
  const later = await stream('/sessions/ada/messages', { body: { content: 'hello' }, headers })
  expect(runs).toBe(1)
  expect(one.body).toEqual(two.body)
  expect((await later.rest()).map(({ event }) => event)).toContain('said')
  const bad = await call('POST', '/sessions/ada/messages', { content: 'x' }, { 'idempotency-key': 'x'.repeat(201) })
  expect([bad.status, bad.body.error.code]).toEqual([400, 'idempotency_key'])
})

test('a turn that fails is an answer with status failed, not an error of the server', async () => {
  const agent = wordAgent(() => {
    throw new Error('out of words')
  })
  const { call } = await startServing({ agents: [agent] })
  await call('POST', '/sessions', { id: 'ada' })
  const { status, body } = await call('POST', '/sessions/ada/messages', { content: 'hello' })
  expect(status).toBe(200)
  expect(body).toMatchObject({ status: 'failed', error: { message: 'out of words', node: 'worker' } })
})

test('many streams at once are ended by a shutdown, each with a place to go on from', async () => {
  const door = gate()
  const { call, stream, server } = await startServing({ agents: [wordAgent(() => door.pass())] })
  const ids = Array.from({ length: 15 }, (_, index) => `s${index}`)
  const readers = await Promise.all(
    ids.map(async (id) => {
      await call('POST', '/sessions', { id })
      return stream(`/sessions/${id}/messages`, { body: { content: 'hello' } })
    }),
  )
  const places = await Promise.all(readers.map((reader) => reader.opening()))
  expect(places).toEqual(ids.map(() => '@0'))
  await door.reached
  const closing = server.close()
  for (const reader of readers) expect(await reader.rest()).toEqual([])
  door.open()
  await closing
})
