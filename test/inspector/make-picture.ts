/** Makes docs/img/inspector.png, the README's picture: `npm run picture:inspector`. */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { chromiumFlags, findChromium } from './browser-setup.ts'
import { openAssistant, openCallCentre, openRefundDesk, openStage } from './stage.ts'

const executablePath = findChromium()
if (executablePath === undefined) throw new Error('No Chromium is installed; name one with CHROMIUM_PATH.')

const stage = await openStage()
const assistant = await openAssistant(stage, 'user-4711')
for (const text of ['What is 17 * 23?', 'How do edges work in Troupe?']) await assistant.send(text).result
const centre = await openCallCentre(stage, 'call-88')
await centre.send('Hello?').result
const desk = await openRefundDesk(stage, 'refund-52')
await desk.send('Please refund 20 euros of order A-17').result

const browser = await chromium.launch({ executablePath, args: chromiumFlags })
const page = await browser.newPage({
  viewport: { width: 1320, height: 800 },
  deviceScaleFactor: 1.5,
  colorScheme: 'dark',
})
await page.goto(`${stage.url}#/${desk.id}/statechart`)
await page.locator('[data-state="refund_desk.awaitingApproval"][data-active]').waitFor()
await page.locator('.pending-card').waitFor()
// Fonts and the fitted view are there two frames later.
await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')
const path = fileURLToPath(new URL('../../docs/img/inspector.png', import.meta.url))
mkdirSync(fileURLToPath(new URL('.', `file://${path}`)), { recursive: true })
await page.screenshot({ path })
await browser.close()
await stage.stop()
