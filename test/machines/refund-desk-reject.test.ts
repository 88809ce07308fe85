import { expect, test } from 'vitest'
import { openDesk, refundCall, stateOf, toolMessages } from './refund-desk.ts'

test('a rejected refund does not run, and the model is told why', async () => {
  await using desk = await openDesk([{ toolCalls: [refundCall('c1', 'A-17', 25)] }, 'Sorry, it is too late.'])
  const { session, ledger, model } = desk
  const first = session.send('Refund 25 euros of A-17')
  await first.result
  const turn = await session.signal('reject', { callId: 'c1', reason: 'older than 30 days' })
  expect(await turn.result).toMatchObject({
    traceId: first.traceId,
    status: 'completed',
    text: 'Sorry, it is too late.',
  })
  expect(ledger.entries()).toEqual([])
  expect(toolMessages(model, 1)).toEqual(['Error: this call was rejected and did not run. Reason: older than 30 days'])
  expect(await stateOf(session)).toBe('chatting')
})

test('a rejection without a reason is refused, and the refund goes on waiting', async () => {
  await using desk = await openDesk([{ toolCalls: [refundCall('c1', 'A-17', 25)] }])
  await desk.session.send('Refund').result
  await expect(desk.session.signal('reject', { callId: 'c1' })).rejects.toMatchObject({ code: 'invalid_signal' })
  expect(desk.session.nodeStates()['tools']?.status).toBe('waiting')
})
