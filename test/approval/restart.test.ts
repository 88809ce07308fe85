import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSession, openStore } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { payCall, payments, type Done } from './payments.ts'

test('what is decided, and with which arguments, outlives the process; so does what waits', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-approval-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const done: Done = []
  const model = scriptedModel([{ toolCalls: [payCall('c1'), payCall('c2', 'power')] }, 'Both are paid.'])
  const life = async (act: (session: Awaited<ReturnType<typeof openSession>>) => Promise<void>) => {
    const store = await openStore(`sqlite:${join(folder, 'sessions.db')}`)
    const session = await openSession(payments(done), { id: 'p', store, client: model.client })
    await act(session)
    await session.stop()
    await store.close()
  }

  await life(async (session) => void (await session.send('Pay both').result))
  await life(async (session) => {
    expect(session.pending()).toMatchObject([{ undecided: ['c1', 'c2'] }])
    const half = await session.signal('approve', { callId: 'c2', args: { bill: 'gas' } })
    expect(await half.result).toMatchObject({ status: 'waiting', pending: [{ undecided: ['c1'] }] })
    expect(done).toEqual([])
  })
  await life(async (session) => {
    const whole = await session.signal('approve', { callId: 'c1' })
    expect(await whole.result).toMatchObject({ traceId: 'p/0.1', status: 'completed', text: 'Both are paid.' })
  })
  expect(done.filter((entry) => entry.startsWith('pay'))).toEqual(['pay rent 20', 'pay gas 10'])
})
