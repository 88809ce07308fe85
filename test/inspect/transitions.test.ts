import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { deskAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'
import type { EventRecord } from '../../src/inspect/protocol.ts'

test('a record tells which transition fired, which guards were tried, and what changed', async () => {
  const { inspector, connect } = await lookedAt()
  const session = await openSession(deskAgent(), { id: 'desk-1', inspector })
  onTestFinished(() => session.stop())
  await session.send('small').result
  await session.send('big one').result

  const reader = await connect()
  const { records } = await reader.ask({ type: 'history', session: 'desk-1', before: 1_000 })
  const events = records.filter((record): record is EventRecord => record.kind === 'event')
  const [small, big] = events.filter(({ type }) => type === 'asked')
  expect(small).toMatchObject({
    fired: [{ source: 'desk.open', event: 'clerk.asked', index: 1, targets: [], actions: ['deliver'] }],
    guards: [{ guard: 'isBig', result: false }],
  })
  expect(small?.states).toBeUndefined()
  expect(big).toMatchObject({
    fired: [{ source: 'desk.open', index: 0, guard: 'isBig', targets: ['desk.waiting'], actions: ['hold'] }],
    guards: [{ guard: 'isBig', result: true }],
    states: ['open', 'waiting'],
    to: ['cashier'],
  })
  const told = events.filter(({ type }) => type === 'user_input')
  expect(told[1]?.context).toEqual([{ op: 'add', path: '/texts/-', value: 'big one' }])
})

test('an event that nothing handles is dropped, its guards named once', async () => {
  const { inspector, connect } = await lookedAt()
  const session = await openSession(deskAgent(), { id: 'desk-1', inspector })
  onTestFinished(() => session.stop())
  await session.signal('approve', {})
  await session.idle()
  const reader = await connect()
  const { records } = await reader.ask({ type: 'history', session: 'desk-1', before: 1_000 })
  const approve = records.find((record) => record.kind === 'event' && record.type === 'approve')
  expect(approve).toMatchObject({ dropped: true, to: [] })
  expect(approve).not.toHaveProperty('fired')
})
