import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { deskAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'

test('patches lead to the state that a client gets who comes later, and records follow the trace', async () => {
  const { inspector, connect } = await lookedAt()
  const session = await openSession(deskAgent(), { id: 'desk-1', inspector })
  onTestFinished(() => session.stop())
  const early = await connect()
  const first = await early.subscribe('desk-1')
  expect(first.state).toMatchObject({ activity: 'idle', value: 'open', context: { texts: [] }, turns: [] })

  await session.send('small').result
  await session.send('big one').result
  await early.until((reader) => reader.state('desk-1').activity === 'waiting')
  await session.signal('approve', {})
  await session.idle()
  await early.until((reader) => reader.records('desk-1').filter(({ kind }) => kind === 'turn').length === 5)

  const late = await connect()
  const { state, lastSeq } = await late.subscribe('desk-1')
  expect(early.state('desk-1')).toEqual(state)
  expect(state).toMatchObject({ value: 'open', context: { texts: ['small', 'big one'] }, pending: [] })
  expect(state.edges['clerk.asked>cashier']).toBe(2)
  expect(state.nodes['cashier']).toMatchObject({ status: 'completed', stats: { handled: 2, failed: 0 } })

  const hops = early
    .records('desk-1')
    .flatMap((record) => (record.kind === 'event' ? record.to.map((to) => [record.from, record.type, to]) : []))
  expect(hops).toEqual(session.trace().map(({ from, eventType, to }) => [from, eventType, to]))
  expect(early.records('desk-1').map(({ seq }) => seq)).toEqual(
    Array.from({ length: lastSeq - first.lastSeq }, (_, index) => first.lastSeq + 1 + index),
  )
})
