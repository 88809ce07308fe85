import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { deskAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'

test('who comes late sees what is running and what was', async () => {
  const { inspector, connect } = await lookedAt()
  const session = await openSession(deskAgent(), { id: 'desk-1', inspector })
  onTestFinished(() => session.stop())
  await session.send('big one').result

  const reader = await connect()
  const { sessions } = await reader.ask({ type: 'sessions' })
  expect(sessions).toMatchObject([{ id: 'desk-1', agent: 'desk', activity: 'waiting', title: 'big one', turns: 1 }])
  const { state, lastSeq, firstSeq } = await reader.subscribe('desk-1')
  const [pending] = session.pending()
  expect(state.pending).toMatchObject([{ node: 'cashier', eventId: pending?.eventId, data: { text: 'big one' } }])
  expect(state.nodes['cashier']).toMatchObject({ status: 'waiting', held: [{ from: 'clerk', type: 'asked' }] })
  expect(state.accepts).toContain('input.approve')
  expect(reader.frames.find(({ type }) => type === 'machine')).toMatchObject({
    machine: { id: 'desk', definition: { initial: 'open' }, signals: { approve: { type: 'object' } } },
  })

  const { records, more } = await reader.ask({ type: 'history', session: 'desk-1', before: lastSeq + 1 })
  expect(more).toBe(false)
  expect(records[0]).toMatchObject({ seq: firstSeq, kind: 'life', status: 'opened' })
  expect(records.at(-1)).toMatchObject({ seq: lastSeq, kind: 'turn', status: 'waiting' })
})
