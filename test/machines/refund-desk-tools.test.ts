import { expect, test } from 'vitest'
import { openDesk, refundCall, toolMessages } from './refund-desk.ts'

test.each([
  ['more than was paid', 'B-23', 36, `Error: 'refund' failed: only 35 euros of order B-23 can be refunded`],
  ['an order that is not there', 'X-1', 5, `Error: 'refund' failed: there is no order 'X-1'; an id looks like A-17`],
  ['nothing', 'B-23', 0, `Error: the arguments of 'refund' are not valid:`],
])('a refund of %s is approved in vain: the model is told', async (_, orderId, amount, told) => {
  await using desk = await openDesk([{ toolCalls: [refundCall('c1', orderId, amount)] }, 'No.'])
  await desk.session.send('Refund').result
  await (
    await desk.session.signal('approve', { callId: 'c1' })
  ).result
  expect(toolMessages(desk.model, 1)).toEqual([expect.stringContaining(told)])
  expect(desk.ledger.entries()).toEqual([])
})

test('refunds of an order add up', async () => {
  await using desk = await openDesk([
    { toolCalls: [refundCall('c1', 'order a-17', 50), refundCall('c2', 'A-17', 50)] },
    'One of them.',
  ])
  await desk.session.send('Refund twice').result
  await desk.session.signal('approve', { callId: 'c1' })
  await (
    await desk.session.signal('approve', { callId: 'c2' })
  ).result
  expect(toolMessages(desk.model, 1)).toEqual([
    '50 euros of order A-17 are refunded.',
    `Error: 'refund' failed: only 30 euros of order A-17 can be refunded`,
  ])
})
