import { expect, test } from 'vitest'
import type { Agent } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { refundDesk } from '../../machines/refund-desk/agent.ts'
import { memoryLedger } from '../../machines/refund-desk/ledger.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { refundCall } from '../machines/refund-desk.ts'
import { startServing } from './serving.ts'

test('a client that comes back after a restart is told what waits for it', async () => {
  const store = memoryStore()
  const agents = [refundDesk(memoryLedger()) as unknown as Agent]
  const { client } = scriptedModel([{ toolCalls: [refundCall('c1', 'A-17', 20)] }])
  const one = await startServing({ agents, poolOptions: { store, client } })
  await one.call('POST', '/sessions', { id: 'desk' })
  const events = await one.stream('/sessions/desk/events')
  await one.call('POST', '/sessions/desk/messages', { content: 'Refund A-17' })
  const wait = await events.until('turn_wait')
  await one.server.close()

  const two = await startServing({ agents, poolOptions: { store, client } })
  const again = await two.stream('/sessions/desk/events', { headers: { 'last-event-id': wait.id } })
  expect((await again.until('turn_wait')).data.data).toEqual(wait.data.data)
})
