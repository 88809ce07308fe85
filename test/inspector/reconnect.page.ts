import { expect } from 'vitest'
import { openPage, pageTest, stageForTest } from './browser.ts'
import { openAssistant, openStage } from './stage.ts'

pageTest(
  'a server that goes away and comes back is found again, and its new process starts the page anew',
  async () => {
    const first = await openStage()
    const { port } = first.server
    await (await openAssistant(first)).send('What is 17 * 23?').result
    const { page } = await openPage(first, { session: 'assistant-1', view: 'events' })
    await page.locator('.event-row', { hasText: 'turn completed' }).waitFor()

    await first.stop()
    await page.locator('.connection-bar', { hasText: 'cannot be reached' }).waitFor()
    expect(await page.locator('#chat-text').isDisabled()).toBe(true)
    // What was seen stays readable.
    expect(await page.locator('.event-row', { hasText: 'turn completed' }).count()).toBe(1)

    const second = await stageForTest(port)
    await page.locator('.connection-bar').waitFor({ state: 'detached' })
    await page.locator('.session-head', { hasText: 'There is no session' }).waitFor()
    const session = await openAssistant(second)
    await page.locator('.event-row', { hasText: 'turn completed' }).waitFor({ state: 'detached' })
    await page.locator('.event-row', { hasText: 'session opened' }).waitFor()
    await session.send('What is 2 + 2?').result
    await page.locator('.event-row', { hasText: 'turn completed' }).waitFor()
  },
)
