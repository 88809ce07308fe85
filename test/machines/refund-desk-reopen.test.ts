import { expect, test } from 'vitest'
import { memoryLedger } from '../../machines/refund-desk/ledger.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { pausingClock } from '../setup/pausing-clock.ts'
import { nextResult, openDesk, refundCall, stateOf } from './refund-desk.ts'

const asked = { toolCalls: [refundCall('c1', 'A-17', 25)] }

test('a refund that waits survives the end of the process, and is approved after it', async () => {
  const store = memoryStore()
  const ledger = memoryLedger()
  const before = await openDesk([asked], { store, ledger })
  const { traceId, result } = before.session.send('Refund A-17')
  await result
  await before.session.stop()

  await using after = await openDesk(['Refunded.'], { store, ledger })
  expect(after.session.nodeStates()['tools']?.status).toBe('waiting')
  expect(await stateOf(after.session)).toBe('awaitingApproval')
  const turn = await after.session.signal('approve', { callId: 'c1' })
  expect(await turn.result).toMatchObject({ traceId, status: 'completed', text: 'Refunded.', usage: { calls: 2 } })
  expect(ledger.entries()).toEqual([{ orderId: 'A-17', amount: 25 }])
  expect((await after.session.messages()).map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant'])
})

test('so does its timeout', async () => {
  const store = memoryStore()
  const first = pausingClock()
  const before = await openDesk([asked], { store, clock: first.clock })
  const { traceId, result } = before.session.send('Refund A-17')
  await result
  await before.session.stop()

  const { clock, nextPause } = pausingClock()
  const later = { ...clock, now: () => clock.now() + 3_599_000 }
  await using after = await openDesk(['Nobody was there.'], { store, clock: later })
  const pause = await nextPause()
  // The second that is left of the hour.
  expect(pause.milliseconds).toBe(1_000)
  const ended = nextResult(after.session)
  pause.end()
  expect(await ended).toMatchObject({ traceId, status: 'completed', text: 'Nobody was there.' })
})
