import { expect } from 'vitest'
import { views } from '../../inspector/src/state.ts'
import { openPage, pageTest, stageForTest } from './browser.ts'
import { openAssistant } from './stage.ts'

pageTest('on a narrow window the list lies over the page, and nothing sticks out', async () => {
  const stage = await stageForTest()
  const session = await openAssistant(stage)
  await session.send('What is 17 * 23?').result
  const { page } = await openPage(stage, { width: 800 })
  await page.locator('.session-row').click()
  await page.locator('#tab-graph').waitFor()
  await page.locator('.app[data-list=closed]').waitFor()
  for (const view of views) {
    await page.locator(`#tab-${view}`).click()
    await page.locator('#view').getByText(/\w/).first().waitFor()
    // Parts that scroll sideways on purpose do so inside themselves.
    expect(await page.evaluate<number>('document.documentElement.scrollWidth'), view).toBe(800)
    const right = await page.evaluate<number>(
      "Math.max(...[...document.querySelectorAll('.session-head > *, .view-bar > *, .side > *')].map((each) => each.getBoundingClientRect().right))",
    )
    expect(right, view).toBeLessThanOrEqual(800)
  }
  await page.getByRole('button', { name: 'Sessions' }).click()
  await page.locator('.app[data-list=open]').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('.app[data-list=closed]').waitFor()
})
