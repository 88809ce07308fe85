import { expect } from 'vitest'
import { openPage, pageTest, stageForTest } from './browser.ts'
import { openRefundDesk } from './stage.ts'

pageTest('a refund that waits is approved in the page, and the statechart shows the way there and back', async () => {
  const stage = await stageForTest()
  const session = await openRefundDesk(stage)
  const { page, faults } = await openPage(stage, { session: session.id, view: 'statechart' })
  await page
    .locator('[data-state="refund_desk.chatting"] [data-active], [data-state="refund_desk.chatting"][data-active]')
    .waitFor()

  await page.locator('#chat-text').fill('Please refund 20 euros of order A-17')
  await page.locator('button', { hasText: 'Send' }).last().click()
  await page.locator('[data-state="refund_desk.awaitingApproval"][data-active]').waitFor()
  await page.locator('.transition-label[data-transition="refund_desk|llm.tool_call|0"][data-fired]').waitFor()
  expect(await page.locator('.canvas-caption').innerText()).toContain('✓ [calls refund]')
  expect(await page.locator('.pending-card').innerText()).toContain('amount: 20')

  await page.locator('.pending-card button', { hasText: 'Approve' }).click()
  await page.locator('[data-state="refund_desk.chatting"][data-active]').waitFor()
  await page.locator('.pending-card').waitFor({ state: 'detached' })
  await session.idle()
  expect(JSON.stringify(await session.messages())).toContain('refunded')
  expect(faults).toEqual([])
})

pageTest('a refund is rejected with a reason, which is asked for first', async () => {
  const stage = await stageForTest()
  const session = await openRefundDesk(stage)
  await session.send('Please refund 20 euros of order A-17').result
  const { page } = await openPage(stage, { session: session.id })
  const reject = page.locator('.pending-card button', { hasText: 'Reject' })
  await reject.waitFor()
  expect(await reject.isDisabled()).toBe(true)
  await page.getByLabel('Reason, when rejected').fill('It was paid back before')
  await reject.click()
  await page.locator('.pending-card').waitFor({ state: 'detached' })
  await session.idle()
  expect(JSON.stringify(await session.messages())).toContain('It was paid back before')
})
