import axe from 'axe-core'
import { expect } from 'vitest'
import type { Page } from 'playwright-core'
import { views } from '../../inspector/src/state.ts'
import { openPage, pageTest, stageForTest } from './browser.ts'
import { openFragile, openRefundDesk } from './stage.ts'

for (const scheme of ['light', 'dark'] as const)
  pageTest(`axe finds nothing serious in any view and panel, ${scheme}`, async () => {
    const stage = await stageForTest()
    const desk = await openRefundDesk(stage)
    await desk.send('What is order A-17?').result
    await desk.send('Please refund 20 euros of order A-17').result
    const { session, release } = await openFragile(stage)
    await session.send('Hello').result
    await session.send('Break please').result
    const { page } = await openPage(stage, { session: desk.id, scheme })
    const findings: string[] = []
    const look = async (where: string) =>
      findings.push(...(await findingsOf(page)).map((finding) => `${where}: ${finding}`))

    for (const id of [desk.id, session.id])
      for (const view of views) {
        await page.goto(`${stage.url}#/${id}/${view}`)
        await page.locator('#view').getByText(/\w/).first().waitFor()
        await look(`${id} ${view}`)
      }
    await page.goto(`${stage.url}#/${desk.id}/events`)
    await page.locator('.event-row', { hasText: 'tool_call' }).first().click()
    await look('event')
    await page.locator('.event-row', { hasText: 'model offline' }).first().click()
    await page.locator('.exchange').waitFor()
    await look('model call')
    for (const tab of ['send', 'context']) {
      await page.locator(`#side-${tab}`).click()
      await look(tab)
    }
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.locator('dialog').waitFor()
    await look('help')
    expect(findings).toEqual([])
    release()
  })

async function findingsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate<boolean>('"axe" in window'))) await page.evaluate(axe.source)
  const { violations, passes } = await page.evaluate<axe.AxeResults>('axe.run()')
  expect(passes.length).toBeGreaterThan(10)
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id} ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    )
}
