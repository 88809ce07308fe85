import { expect, test } from 'vitest'
import { memoryStore } from '../../src/store/memory-store.ts'
import { openDesk, refundCall } from '../machines/refund-desk.ts'

test('a message that is repeated after the death of the process is told that its turn waits, and for what', async () => {
  const store = memoryStore()
  const script = [{ toolCalls: [refundCall('c1', 'A-17', 25)] }]
  const before = await openDesk(script, { store })
  const first = before.session.send('Refund A-17', { id: 'client-1' })
  const waiting = await first.result
  await before.session.stop()

  await using after = await openDesk(['Refunded.'], { store })
  const again = after.session.send('Refund A-17', { id: 'client-1' })
  await again.accepted
  expect(again.traceId).toBe(first.traceId)
  expect(await again.result).toEqual(waiting)
  const turn = await after.session.signal('approve', { callId: waiting.pending[0]?.undecided[0] })
  expect(await turn.result).toMatchObject({ traceId: first.traceId, status: 'completed', text: 'Refunded.' })
  expect((await after.session.messages()).filter(({ role }) => role === 'user')).toHaveLength(1)
})
