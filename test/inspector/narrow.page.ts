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

pageTest('on windows of middle width nothing lies over something else', async () => {
  const stage = await stageForTest()
  const session = await openAssistant(stage)
  for (const width of [1010, 1265, 1320]) {
    const { page } = await openPage(stage, { session: session.id, width })
    await page.locator('#tab-graph').waitFor()
    const hidden = await page.evaluate<number>(
      "((tabs) => tabs.scrollWidth - tabs.clientWidth)(document.querySelector('.view-bar .tabs'))",
    )
    expect(hidden, `tabs out of sight at ${width}`).toBe(0)
    for (const bar of ['.view-bar', '.session-head', '.side-tabs']) {
      const edges = await page.evaluate<[number, number][]>(
        `[...document.querySelectorAll('${bar} > *')].map((each) => each.getBoundingClientRect()).filter(({ width }) => width > 0).map(({ left, right }) => [left, right])`,
      )
      for (const [index, [left]] of edges.entries())
        expect(left, `${bar} at ${width}`).toBeGreaterThanOrEqual((edges[index - 1]?.[1] ?? 0) - 0.5)
    }
  }
})
