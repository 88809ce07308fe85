import { expect } from 'vitest'
import { openPage, pageTest, stageForTest } from './browser.ts'
import { openAssistant, openRefundDesk } from './stage.ts'

pageTest('the page is used with the keyboard alone', async () => {
  const stage = await stageForTest()
  await openRefundDesk(stage)
  const session = await openAssistant(stage)
  await session.send('What is 17 * 23?').result
  const { page } = await openPage(stage)

  await page.locator('.session-row').first().waitFor()
  await page.keyboard.press('/')
  await page.locator('#session-search:focus').waitFor()
  await page.keyboard.type('assistant')
  await page.locator('.session-row').nth(1).waitFor({ state: 'detached' })
  await page.keyboard.press('Enter')
  await page.locator('#tab-graph').waitFor()
  await page.keyboard.press('Escape')

  await page.keyboard.press('4')
  await page.locator('#tab-events[aria-selected=true]').waitFor()
  const list = page.getByRole('listbox', { name: 'Records' })
  await list.focus()
  await page.keyboard.press('Home')
  await page.locator('.detail-head', { hasText: 'session opened' }).waitFor()
  await page.keyboard.press('ArrowDown')
  await page.locator('.detail-head', { hasText: 'turn accepted' }).waitFor()
  await page.keyboard.press('Escape')
  await page.locator('#side-chat[aria-selected=true]').waitFor()

  await page.keyboard.press('1')
  await page.locator('.react-flow__node[data-id=llm]').focus()
  expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
  await page.keyboard.press('Enter')
  await page.locator('.detail-head', { hasText: 'llm' }).waitFor()

  await page.keyboard.press('?')
  await page.locator('dialog').waitFor()
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })

  await page.keyboard.press('c')
  await page.locator('#chat-text:focus').waitFor()
  await page.keyboard.type('What is 2 + 2?')
  await page.keyboard.press('Enter')
  await page.locator('.chat-answer', { hasText: '= 4' }).waitFor()
})

pageTest('the turn that is shown is chosen with keys', async () => {
  const stage = await stageForTest()
  const session = await openAssistant(stage)
  for (const text of ['What is 1 + 1?', 'What is 2 + 2?', 'What is 3 + 3?']) await session.send(text).result
  const { page } = await openPage(stage, { session: session.id, view: 'waterfall' })
  const shown = page.locator('.waterfall .view-tools')
  await shown.filter({ hasText: 'Turn 0.3' }).waitFor()
  await page.keyboard.press('[')
  await page.keyboard.press('[')
  await shown.filter({ hasText: 'Turn 0.2' }).waitFor()
  await page.keyboard.press(']')
  await shown.filter({ hasText: 'Turn 0.3' }).waitFor()
})
