import { expect } from 'vitest'
import { views } from '../../inspector/src/state.ts'
import { openPage, pageTest, stageForTest } from './browser.ts'
import { openRefundDesk } from './stage.ts'

pageTest('the page works under a strict policy, asks no other host, and says nothing in the console', async () => {
  const stage = await stageForTest()
  const session = await openRefundDesk(stage)
  await session.send('Please refund 20 euros of order A-17').result
  const { page, faults } = await openPage(stage, { session: session.id })
  await page.locator('[data-edge]').first().waitFor()
  for (const view of views) {
    await page.locator(`#tab-${view}`).click()
    await page
      .locator('#view')
      .getByText(/llm|refund/)
      .first()
      .waitFor()
  }
  expect(faults).toEqual([])
})
