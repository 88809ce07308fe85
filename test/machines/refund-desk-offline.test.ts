import { openSession } from 'troupe'
import { expect, test } from 'vitest'
import { refundDesk } from '../../machines/refund-desk/agent.ts'
import { memoryLedger } from '../../machines/refund-desk/ledger.ts'
import { modelClient } from '../../src/model/client.ts'
import { runTroupe } from '../cli/run-troupe.ts'

test('without a model the stand-in calls refund, and reports what became of it', async () => {
  const ledger = memoryLedger()
  await using session = await openSession(refundDesk(ledger), { client: modelClient({ environment: {} }) })
  const { status, pending } = await session.send('Refund order A-17, 25 euros').result
  expect(status).toBe('waiting')
  const data = pending[0]?.data as { calls: { id: string; name: string; args: unknown }[] }
  expect(data.calls).toMatchObject([{ name: 'refund', args: { orderId: 'A-17', amount: 25 } }])

  const meanwhile = await session.send('Hello?').result
  expect(meanwhile.status).toBe('completed')
  const again = await session.send('Refund order B-23, 10 euros').result
  const second = again.pending[0]?.undecided[0]
  const rejected = await (await session.signal('reject', { callId: second, reason: 'too late' })).result
  expect(rejected.text).toContain('rejected and did not run. Reason: too late')
  const approved = await (await session.signal('approve', { callId: data.calls[0]?.id })).result
  expect(approved.text).toContain('25 euros of order A-17 are refunded.')
  expect(ledger.entries()).toEqual([{ orderId: 'A-17', amount: 25 }])
})

test('in the chat of the command line a refund is approved and another one rejected', async () => {
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/refund-desk', '--quiet'], {
    lines: ['Refund order A-17, 25 euros', '/approve', 'Refund order B-23, 10 euros', '/reject {"reason": "too late"}'],
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toContain('waiting: tools holds refund {"orderId":"A-17","amount":25}')
  expect(stdout).toContain('25 euros of order A-17 are refunded.')
  expect(stdout).toContain('rejected and did not run. Reason: too late')
})
