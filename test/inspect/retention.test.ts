import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { echoAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'

test('the past is bounded in bytes: the oldest records go, and what is asked of them says so', async () => {
  const { inspector, connect } = await lookedAt({ maxBytes: 100_000 })
  const session = await openSession(echoAgent(), { id: 'echo-1', inspector })
  onTestFinished(() => session.stop())
  for (let turn = 0; turn < 100; turn++) await session.send(`${turn} ${'x'.repeat(1_000)}`).result
  expect(inspector.retained.bytes).toBeLessThanOrEqual(100_000)
  expect(inspector.retained.size).toBeGreaterThan(30)

  const reader = await connect()
  const { firstSeq, lastSeq } = await reader.subscribe('echo-1')
  expect(firstSeq).toBe(lastSeq - inspector.retained.size + 1)
  await expect(reader.ask({ type: 'detail', session: 'echo-1', seq: 1 })).rejects.toMatchObject({
    code: 'record_forgotten',
  })
  const newest = await reader.ask({ type: 'history', session: 'echo-1', before: lastSeq + 1, limit: 10 })
  expect(newest.records.map(({ seq }) => seq)).toEqual(Array.from({ length: 10 }, (_, at) => lastSeq - 9 + at))
  expect(newest.more).toBe(true)
  const rest = await reader.ask({ type: 'history', session: 'echo-1', before: newest.records[0]?.seq ?? 0 })
  expect(rest).toMatchObject({ more: false, records: { 0: { seq: firstSeq } } })
})

test('a record that is too long is cut in lists and whole in its detail', async () => {
  const { inspector, connect } = await lookedAt()
  const session = await openSession(echoAgent(), { id: 'echo-1', inspector })
  onTestFinished(() => session.stop())
  const text = 'long '.repeat(20_000)
  await session.send(text).result
  const reader = await connect()
  const { records } = await reader.ask({ type: 'history', session: 'echo-1', before: 1_000_000 })
  const said = records.find((record) => record.kind === 'event' && record.type === 'said')
  expect(said).toMatchObject({ cut: true })
  expect(JSON.stringify(said).length).toBeLessThan(5_000)
  const { record } = await reader.ask({ type: 'detail', session: 'echo-1', seq: said?.seq ?? 0 })
  expect(record).toMatchObject({ data: { text: `echo: ${text}` } })
})

test('stopped sessions are forgotten, those that stopped first before others', async () => {
  const { inspector, connect } = await lookedAt({ maxStopped: 3 })
  for (let index = 0; index < 5; index++) {
    const session = await openSession(echoAgent(), { id: `echo-${index}`, inspector })
    await session.stop()
  }
  const reader = await connect()
  const { sessions } = await reader.ask({ type: 'sessions' })
  expect(sessions.map(({ id, activity }) => [id, activity])).toEqual(
    ['echo-4', 'echo-3', 'echo-2'].map((id) => [id, 'stopped']),
  )
})
