import { expect, test } from 'vitest'
import { nextResult, openDesk, refundCall } from './refund-desk.ts'

test('a turn that is cancelled while its refund waits ends, and the next one works', async () => {
  await using desk = await openDesk([
    { toolCalls: [refundCall('c1', 'A-17', 25)] },
    { toolCalls: [refundCall('c2', 'B-23', 10)] },
    'Refunded.',
  ])
  const { session, ledger } = desk
  const turn = session.send('Refund A-17')
  await turn.result
  const ended = nextResult(session)
  turn.cancel()
  expect(await ended).toMatchObject({ traceId: turn.traceId, status: 'cancelled', pending: [] })
  expect(session.nodeStates()['tools']?.status).not.toBe('waiting')
  expect(session.value).toBe('chatting')

  const stray = await session.signal('approve', { callId: 'c1' })
  expect((await stray.result).error?.code).toBe('event_dropped')
  expect(ledger.entries()).toEqual([])

  await session.send('Refund B-23').result
  expect(await (await session.signal('approve', { callId: 'c2' })).result).toMatchObject({ status: 'completed' })
  expect(ledger.entries()).toEqual([{ orderId: 'B-23', amount: 10 }])
})
