import { expect } from 'vitest'
import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { payCall, payments, told, type Done } from '../approval/payments.ts'
import { openPage, pageTest, stageForTest } from './browser.ts'

pageTest('calls that need approval are decided in the page one by one, a rejection without a reason too', async () => {
  const stage = await stageForTest()
  const done: Done = []
  const model = scriptedModel([{ toolCalls: [payCall('c1'), payCall('c2', 'power')] }, 'One is paid.'])
  const session = await openSession(payments(done), { id: 'p', inspector: stage.inspector, client: model.client })
  stage.sessions.push(session)
  await session.send('Pay both').result
  const { page, faults } = await openPage(stage, { session: session.id })
  const cards = page.locator('.pending-card')
  await cards.nth(1).waitFor()
  await cards.filter({ hasText: 'power' }).locator('button', { hasText: 'Reject' }).click()
  await cards.nth(1).waitFor({ state: 'detached' })
  await cards.first().locator('button', { hasText: 'Approve' }).click()
  await cards.first().waitFor({ state: 'detached' })
  await session.idle()
  expect(done[0]).toBe('pay rent 20')
  expect(told(model, 1)).toEqual([
    'rent is paid.',
    'Error: this call was rejected and did not run. Reason: A person rejected this call.',
  ])
  expect(faults).toEqual([])
})
