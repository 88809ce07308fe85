import { expect, test } from 'vitest'
import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { payCall, payments, told, type Done } from './payments.ts'

test('calls that need approval wait with the others of their answer; each is decided by its id', async () => {
  const done: Done = []
  const model = scriptedModel([
    { toolCalls: [payCall('c1'), { id: 'c2', name: 'balance', args: {} }, payCall('c3', 'power')] },
    'One is paid.',
  ])
  await using session = await openSession(payments(done), { id: 'p', client: model.client })
  const first = session.send('Pay both')
  const { status, pending } = await first.result
  expect(status).toBe('waiting')
  expect(pending).toMatchObject([
    { node: 'tools', type: 'tool_call', undecided: ['c1', 'c3'], data: { calls: [{ id: 'c1' }, {}, { id: 'c3' }] } },
  ])
  expect(session.nodeStates()['tools']?.status).toBe('waiting')
  // One event has all results, so the call that needs no approval waits, too.
  expect(done).toEqual([])

  const second = await session.signal('reject', { callId: 'c3', reason: 'too dear' })
  expect(second.traceId).toBe(first.traceId)
  expect((await second.result).pending).toMatchObject([{ undecided: ['c1'] }])

  const third = await session.signal('approve', { callId: 'c1' })
  expect(await third.result).toMatchObject({ traceId: first.traceId, status: 'completed', text: 'One is paid.' })
  expect(done).toEqual(['pay rent 20', 'p/0.1.3:c1', 'balance'])
  expect(told(model, 1)).toEqual([
    'rent is paid.',
    '500',
    'Error: this call was rejected and did not run. Reason: too dear',
  ])
})

test('a rejection without a reason is told as one', async () => {
  const model = scriptedModel([{ toolCalls: [payCall('c1')] }, 'Not paid.'])
  await using session = await openSession(payments(), { client: model.client })
  await session.send('Pay').result
  await (
    await session.signal('reject', { callId: 'c1' })
  ).result
  expect(told(model, 1)).toEqual([
    'Error: this call was rejected and did not run. Reason: A person rejected this call.',
  ])
})

test('an answer without calls that need approval does not wait', async () => {
  const done: Done = []
  const model = scriptedModel([{ toolCalls: [{ name: 'balance', args: {} }] }, '500 are left.'])
  await using session = await openSession(payments(done), { client: model.client })
  expect(await session.send('How much is left?').result).toMatchObject({ status: 'completed', text: '500 are left.' })
  expect(done).toEqual(['balance'])
})
