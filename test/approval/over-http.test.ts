import { expect, test } from 'vitest'
import type { Agent } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { startServing } from '../server/serving.ts'
import { payCall, payments, type Done } from './payments.ts'

test('calls are approved, edited and rejected by signals over HTTP; what does not fit is a 400', async () => {
  const done: Done = []
  const { client } = scriptedModel([{ toolCalls: [payCall('c1'), payCall('c2', 'power')] }, 'One is paid.'])
  const { call } = await startServing({ agents: [payments(done) as unknown as Agent], poolOptions: { client } })
  const signal = (type: string, data: object) => call('POST', '/sessions/ada/signals', { type, data })
  const { agents } = (await call('GET', '/agents')).body
  expect(Object.keys(agents[0].inputs)).toEqual(['approve', 'reject'])
  expect(agents[0].inputs.approve.required).toEqual(['callId'])
  await call('POST', '/sessions', { id: 'ada' })

  const waiting = await call('POST', '/sessions/ada/messages', { content: 'Pay both' })
  expect([waiting.status, waiting.body.pending[0].undecided]).toEqual([202, ['c1', 'c2']])
  const refused = await signal('approve', { callId: 'c1', args: { bill: 7 } })
  expect([refused.status, refused.body.error.code]).toEqual([400, 'invalid_signal'])
  const half = await signal('reject', { callId: 'c2', reason: 'too dear' })
  expect([half.status, half.body.pending[0].undecided]).toEqual([202, ['c1']])
  const ended = await signal('approve', { callId: 'c1', args: { bill: 'water' } })
  expect([ended.status, ended.body.text]).toEqual([200, 'One is paid.'])
  expect(done[0]).toBe('pay water 10')
})
