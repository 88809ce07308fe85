import { expect } from 'vitest'
import { openPage, pageTest, stageForTest } from './browser.ts'
import { markup, openFragile } from './stage.ts'

pageTest('markup in messages, answers, titles and errors is text everywhere', async () => {
  const stage = await stageForTest()
  const { session, release } = await openFragile(stage)
  await session.send(`Tell me ${markup}`).result
  await session.send('Break please').result
  const { page, faults } = await openPage(stage, { session: session.id })
  await page.locator('.chat-answer', { hasText: '<b>bold</b>' }).waitFor()
  await page.locator('.chat .fault', { hasText: '<script>' }).waitFor()
  expect(await page.locator('.session-title', { hasText: '<img src=x' }).count()).toBe(1)
  for (const view of ['events', 'sequence', 'messages', 'waterfall', 'statechart']) {
    await page.locator(`#tab-${view}`).click()
    await page
      .locator('#view')
      .getByText(view === 'messages' ? markup : /\w/)
      .first()
      .waitFor()
  }
  await page.locator('#tab-events').click()
  await page.locator('.event-row', { hasText: 'handled route' }).last().click()
  await page.locator('.detail .fault', { hasText: '<script>' }).waitFor()
  expect(await page.evaluate('window.harmed')).toBeUndefined()
  expect(await page.locator('#root img, #root b, #root script').count()).toBe(0)
  expect(faults).toEqual([])
  release()
})
