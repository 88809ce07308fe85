import { expect, test } from 'vitest'
import { openDesk, refundCall, stateOf, toolMessages } from './refund-desk.ts'

test('two refunds of one answer are decided each by its call id, and go on together', async () => {
  await using desk = await openDesk([
    { toolCalls: [refundCall('c1', 'A-17', 25), refundCall('c2', 'B-23', 10)] },
    'One of the two.',
  ])
  const { session, ledger, model } = desk
  const { traceId, result } = session.send('Refund both')
  expect((await result).pending).toMatchObject([{ undecided: ['c1', 'c2'] }])

  const half = await session.signal('reject', { callId: 'c2', reason: 'a kettle was used' })
  expect(half.traceId).toBe(traceId)
  expect(await half.result).toMatchObject({ status: 'waiting', pending: [{ undecided: ['c1'] }] })
  expect(await stateOf(session)).toBe('awaitingApproval')

  const whole = await session.signal('approve', { callId: 'c1' })
  expect(await whole.result).toMatchObject({ traceId, status: 'completed', text: 'One of the two.' })
  expect(ledger.entries()).toEqual([{ orderId: 'A-17', amount: 25 }])
  expect(toolMessages(model, 1)).toEqual([
    '25 euros of order A-17 are refunded.',
    'Error: this call was rejected and did not run. Reason: a kettle was used',
  ])
  expect(await stateOf(session)).toBe('chatting')
})

test('beside a refund, other calls of the answer need no decision', async () => {
  await using desk = await openDesk([
    { toolCalls: [{ id: 'l1', name: 'lookup_order', args: { orderId: 'A-17' } }, refundCall('c1', 'A-17', 80)] },
    'All of it.',
  ])
  expect((await desk.session.send('Refund all of A-17').result).pending).toMatchObject([{ undecided: ['c1'] }])
  await (
    await desk.session.signal('approve', { callId: 'c1' })
  ).result
  expect(toolMessages(desk.model, 1)).toEqual([
    '{"orderId":"A-17","item":"headphones","paid":80,"refunded":0}',
    '80 euros of order A-17 are refunded.',
  ])
})

test('refunds of two turns are decided each by its call id, in any order', async () => {
  await using desk = await openDesk([
    { toolCalls: [refundCall('c1', 'A-17', 25)] },
    { toolCalls: [refundCall('c2', 'B-23', 10)] },
    'The kettle is paid back.',
    'The headphones are not.',
  ])
  const { session, ledger } = desk
  const one = session.send('Refund A-17')
  await one.result
  const two = session.send('Refund B-23')
  expect(await two.result).toMatchObject({ status: 'waiting', pending: [{ undecided: ['c2'] }] })

  const kettle = await session.signal('approve', { callId: 'c2' })
  expect(await kettle.result).toMatchObject({ traceId: two.traceId, text: 'The kettle is paid back.' })
  expect(ledger.entries()).toEqual([{ orderId: 'B-23', amount: 10 }])
  // The other one still waits.
  expect(await stateOf(session)).toBe('awaitingApproval')

  const headphones = await session.signal('reject', { callId: 'c1', reason: 'no' })
  expect(await headphones.result).toMatchObject({ traceId: one.traceId, text: 'The headphones are not.' })
  expect(await stateOf(session)).toBe('chatting')
  expect(ledger.entries()).toHaveLength(1)
})
