import { expect, test } from 'vitest'
import { openDesk, refundCall, stateOf } from './refund-desk.ts'

test('a message that comes while a refund waits is answered, and so is a look at an order', async () => {
  await using desk = await openDesk([
    { toolCalls: [refundCall('c1', 'A-17', 25)] },
    { toolCalls: [{ id: 'l1', name: 'lookup_order', args: { orderId: 'B-23' } }] },
    'You paid 35 euros.',
    'Refunded.',
  ])
  const { session, ledger, model } = desk
  const refund = session.send('Refund A-17')
  await refund.result
  expect(await session.send('What did I pay for B-23?').result).toMatchObject({
    status: 'completed',
    text: 'You paid 35 euros.',
  })
  expect(await stateOf(session)).toBe('awaitingApproval')
  expect(session.nodeStates()['tools']?.status).toBe('waiting')

  const turn = await session.signal('approve', { callId: 'c1' })
  expect(await turn.result).toMatchObject({ traceId: refund.traceId, text: 'Refunded.' })
  expect(ledger.entries()).toHaveLength(1)
  expect(await stateOf(session)).toBe('chatting')
  // The model goes on from what it saw when it called, with the result at its call.
  expect(model.requests[3]?.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool'])
})
