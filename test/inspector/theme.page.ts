import { expect } from 'vitest'
import { openPage, pageTest, stageForTest } from './browser.ts'

pageTest('the theme follows the system until another one is chosen, which is kept', async () => {
  const stage = await stageForTest()
  const { page } = await openPage(stage, { scheme: 'light' })
  const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
  await page.getByRole('button', { name: 'Theme: as the system' }).waitFor()
  const light = await ground()
  await page.emulateMedia({ colorScheme: 'dark' })
  const dark = await ground()
  expect(dark).not.toBe(light)

  await page.keyboard.press('t')
  await page.getByRole('button', { name: 'Theme: light' }).waitFor()
  expect(await ground()).toBe(light)
  await page.reload()
  await page.getByRole('button', { name: 'Theme: light' }).waitFor()
  expect(await ground()).toBe(light)
})
