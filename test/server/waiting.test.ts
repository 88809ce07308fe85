import { expect, test } from 'vitest'
import type { Agent } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { refundDesk } from '../../machines/refund-desk/agent.ts'
import { memoryLedger } from '../../machines/refund-desk/ledger.ts'
import { refundCall } from '../machines/refund-desk.ts'
import { startServing } from './serving.ts'

test('a turn that waits for a person is a 202, and a signal goes on with it', async () => {
  const ledger = memoryLedger()
  const { client } = scriptedModel([{ toolCalls: [refundCall('c1', 'A-17', 20)] }, 'You have it back.'])
  const agents = [refundDesk(ledger) as unknown as Agent]
  const { call, stream } = await startServing({ agents, poolOptions: { client } })
  await call('POST', '/sessions', { id: 'desk' })
  const events = await stream('/sessions/desk/events')

  const waiting = await call('POST', '/sessions/desk/messages', { content: 'Refund A-17' })
  expect(waiting.status).toBe(202)
  expect(waiting.body).toMatchObject({ status: 'waiting', pending: [{ node: 'tools', undecided: ['c1'] }] })
  expect((await events.until('turn_wait')).data.data).toMatchObject({ status: 'waiting' })
  expect((await call('GET', '/sessions')).body.sessions[0].status).toBe('waiting')

  const unknown = await call('POST', '/sessions/desk/signals', { type: 'bless' })
  expect([unknown.status, unknown.body.error.code]).toEqual([400, 'invalid_signal'])

  const ended = await call('POST', '/sessions/desk/signals', { type: 'approve', data: { callId: 'c1' } })
  expect(ended.status).toBe(200)
  expect(ended.body).toMatchObject({ traceId: waiting.body.traceId, status: 'completed', text: 'You have it back.' })
  expect((await events.until('turn_end')).data.traceId).toBe(waiting.body.traceId)
  expect(ledger.entries()).toHaveLength(1)
})
