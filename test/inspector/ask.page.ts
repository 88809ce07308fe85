import { expect } from 'vitest'
import { openPage, pageTest, stageForTest, watchLights } from './browser.ts'
import { openAssistant } from './stage.ts'

pageTest('a question asked in the page lights up the graph in the order of the trace', async () => {
  const stage = await stageForTest()
  const session = await openAssistant(stage)
  const { page, faults } = await openPage(stage, { session: session.id })
  await page.locator('[data-edge]').first().waitFor()
  await watchLights(page)

  await page.locator('#chat-text').fill('What is 17 * 23?')
  await page.keyboard.press('Enter')
  await page.locator('.chat-answer', { hasText: '391' }).waitFor()
  await page.locator('.canvas-caption [data-status=completed]').first().waitFor()

  const travelled = session.trace().map(({ from, eventType, to }) => `${from}.${eventType}>${to}`)
  const expected = [...new Set(travelled)]
  expect(expected.length).toBeGreaterThan(5)
  await expect
    .poll(async () => (await page.evaluate<string[]>('window.lit')).filter((edge) => expected.includes(edge)))
    .toEqual(expected)

  // The steps stay readable after the glow.
  const steps = await page.evaluate<Record<string, string>>(
    `Object.fromEntries([...document.querySelectorAll('[data-edge][data-steps]')].map(({ dataset }) => [dataset.edge, dataset.steps]))`,
  )
  expect(steps['input.user_input>memory']).toBe('1')
  expect(Object.keys(steps).sort()).toEqual([...expected].sort())
  expect(faults).toEqual([])
})
