import { expect, test } from 'vitest'
import { memoryLedger, type Ledger } from '../../machines/refund-desk/ledger.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { openDesk, refundCall } from './refund-desk.ts'

test('a refund whose process dies between the payment and its result is made once', async () => {
  const store = memoryStore()
  const kept = memoryLedger()
  const keys: string[] = []
  let atWork: Promise<string | undefined> | undefined
  const ledger: Ledger = {
    ...kept,
    find(key) {
      keys.push(key)
      return kept.find(key)
    },
    record(key, refund) {
      kept.record(key, refund)
      // What is stored now is what a process that dies here leaves behind.
      atWork ??= store.checkpoints.load('desk')
    },
  }
  const before = await openDesk([{ toolCalls: [refundCall('c1', 'A-17', 25)] }, 'Never read.'], { store, ledger })
  await before.session.send('Refund A-17').result
  await (
    await before.session.signal('approve', { callId: 'c1' })
  ).result
  await before.session.stop()
  await store.checkpoints.save('desk', (await atWork) as string)

  await using after = await openDesk(['Refunded.'], { store, ledger })
  const ended = await new Promise((resolve) => after.session.on('turn', resolve))
  expect(ended).toMatchObject({ status: 'completed', text: 'Refunded.' })
  expect(keys).toHaveLength(2)
  expect(new Set(keys).size).toBe(1)
  expect(kept.entries()).toEqual([{ orderId: 'A-17', amount: 25 }])
})
