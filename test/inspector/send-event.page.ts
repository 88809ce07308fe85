import { expect } from 'vitest'
import { openPage, pageTest, stageForTest } from './browser.ts'
import { openCallCentre } from './stage.ts'

pageTest('any event that the machine takes is sent, from a form or as JSON, and refusals are shown', async () => {
  const stage = await stageForTest()
  const session = await openCallCentre(stage)
  const { page } = await openPage(stage, { session: session.id, view: 'statechart' })
  await page.locator('#side-send').click()
  await page.locator('#event-type').selectOption('input.escalate')
  await page.getByLabel('level').selectOption('high')
  const send = page.locator('.data-form button', { hasText: 'Send' })
  await send.click()
  await page.locator('[data-state="call_centre.mood.tense"][data-active]').waitFor()
  await page.locator('.send', { hasText: 'Sent.' }).waitFor()

  await page.locator('.data-form button', { hasText: 'JSON' }).click()
  await page.locator('#event-data').fill('{ "level": ')
  expect(await send.isDisabled()).toBe(true)
  await page.locator('#event-data').fill('{ "level": "extreme" }')
  await send.click()
  await page.locator('.send .fault', { hasText: 'level' }).waitFor()
})
