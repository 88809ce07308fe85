import { expect } from 'vitest'
import { openPage, pageTest, stageForTest } from './browser.ts'
import { openFragile } from './stage.ts'

pageTest('a running turn is cancelled and a session is stopped from the page, which asks before it stops', async () => {
  const stage = await stageForTest()
  const { session, release } = await openFragile(stage)
  await session.send('Hello').result
  await session.send('Break').result
  const turn = session.send('And now?')
  const { page } = await openPage(stage, { session: session.id, view: 'waterfall' })
  await page.locator('.span-bar[data-status=running]').waitFor()
  await page.locator('.session-head button', { hasText: 'Cancel turn' }).click()
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  await page.locator('.chat-turn', { hasText: 'cancelled' }).waitFor()
  release()

  await page.locator('.session-head button', { hasText: 'Stop' }).click()
  await page.locator('.session-head button', { hasText: 'Stop it?' }).click()
  await page.locator('.session-head', { hasText: 'stopped' }).waitFor()
  expect(await page.locator('.session-head button', { hasText: 'Stop' }).count()).toBe(0)
})
