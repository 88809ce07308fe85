import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { testStore } from '../setup/test-store.ts'
import { deskAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'

test('a session that stops and is restored goes on under its id: records count on, who looked goes on looking', async () => {
  const store = testStore()
  const agent = deskAgent()
  const opened: string[] = []
  const reopen = async <T>(id: string, work: () => Promise<T>): Promise<T> => {
    opened.push(id)
    const again = await openSession(agent, { id, store, inspector })
    onTestFinished(() => again.stop())
    return work()
  }
  const { inspector, connect } = await lookedAt({}, { whileLive: reopen })
  const session = await openSession(agent, { id: 'desk-1', store, inspector })
  await session.send('big one').result
  const reader = await connect()
  const { lastSeq } = await reader.subscribe('desk-1')
  await session.stop()
  await reader.until((each) => each.state('desk-1').activity === 'stopped')
  expect(reader.state('desk-1')).toMatchObject({ value: 'waiting', context: { texts: ['big one'] }, pending: [] })

  await reader.ask({ type: 'act', session: 'desk-1', act: { kind: 'signal', type: 'approve', data: {} } })
  expect(opened).toEqual(['desk-1'])
  await reader.until((each) => each.state('desk-1').activity === 'idle' && each.state('desk-1').value === 'open')
  expect(reader.frames.filter(({ type }) => type === 'subscribed')).toHaveLength(2)
  const { records } = await reader.ask({ type: 'history', session: 'desk-1', before: 10_000 })
  expect(records.map(({ seq }) => seq)).toEqual(Array.from(records, (_, at) => at + 1))
  expect(records.filter(({ kind }) => kind === 'life')).toMatchObject([
    { status: 'opened', seq: 1 },
    { status: 'stopped', seq: lastSeq + 1 },
    { status: 'restored' },
  ])
  // Ids are the engine's: the turn is the one of before.
  expect(records.findLast(({ kind }) => kind === 'turn')).toMatchObject({ traceId: 'desk-1/0.1', status: 'completed' })
})
