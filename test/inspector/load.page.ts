import { gzipSync } from 'node:zlib'
import { expect } from 'vitest'
import type { Session } from 'troupe'
import { openPage, pageTest, stageForTest } from './browser.ts'
import { openAssistant, openCallCentre } from './stage.ts'

pageTest('the first load is at most 300 kB, compressed, before the layout worker', async () => {
  const stage = await stageForTest()
  const session = await openAssistant(stage)
  const { page } = await openPage(stage)
  const sizes = new Map<string, number>()
  page.on('response', (response) => {
    // What the page before was still loading has no body any more.
    const body = response.body().catch(() => undefined)
    void body.then((bytes) => bytes && sizes.set(new URL(response.url()).pathname, gzipSync(bytes).length))
  })
  await page.goto(`${stage.url}?#/${session.id}/graph`)
  await page.locator('[data-edge]').first().waitFor()
  await expect.poll(() => [...sizes.keys()].filter((path) => path.includes('elk-worker')).length).toBe(1)
  const loaded = [...sizes].filter(([path]) => !path.includes('elk-worker'))
  expect(loaded.length).toBeGreaterThanOrEqual(3)
  expect(loaded.reduce((sum, [, size]) => sum + size, 0)).toBeLessThan(300_000)
})

pageTest('200 records a second are shown as they come', async () => {
  const stage = await stageForTest()
  const session = await openCallCentre(stage)
  const { page, faults } = await openPage(stage, { session: session.id })
  await page.locator('[data-edge]').first().waitFor()
  const seconds = 4
  const started = performance.now()
  // A turn has 9 records.
  for (let turn = 0; turn < (seconds * 200) / 9; turn++) {
    await session.send(`Question ${turn}`).result
    const ahead = started + turn * (9_000 / 200) - performance.now()
    if (ahead > 0) await new Promise((resolve) => setTimeout(resolve, ahead))
  }
  const last = await session.send('The last one').result
  const ended = performance.now()
  await page
    .locator('.chat-turn', { hasText: last.traceId.slice(last.traceId.indexOf('/') + 1) })
    .locator('.chat-answer')
    .waitFor()
  expect(performance.now() - ended).toBeLessThan(1_000)
  expect(faults).toEqual([])
})

pageTest('50,000 records are there after at most 3 seconds of work', async () => {
  const stage = await stageForTest(undefined, { maxBytes: 400_000_000, maxUnwatched: 100_000 })
  const session = await openCallCentre(stage)
  await converse(session, 50_000 / 9)
  const { page, faults } = await openPage(stage)
  await page.locator('.session-row').waitFor()
  const developer = await page.context().newCDPSession(page)
  await developer.send('Performance.enable', { timeDomain: 'threadTicks' })
  const pageTime = async () =>
    (await developer.send('Performance.getMetrics')).metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN
  const [page0, server0] = [await pageTime(), process.cpuUsage()]
  await page.locator('.session-row').click()
  await page.locator('#tab-events').click()
  await page.locator('.view-tools', { hasText: /5\d\.\dk records/ }).waitFor()
  // The processor's time of both sides, one after the other: the clock would say more of what else the machine does.
  const server = process.cpuUsage(server0)
  const took = (server.user + server.system) / 1_000 + ((await pageTime()) - page0) * 1_000
  expect(took).toBeGreaterThan(0)
  expect(took).toBeLessThan(3_000)
  // And it can be walked.
  await page.getByRole('listbox', { name: 'Records' }).focus()
  await page.keyboard.press('Home')
  await page.locator('.detail-head', { hasText: 'session opened' }).waitFor()
  expect(faults).toEqual([])
})

async function converse(session: Session, turns: number): Promise<void> {
  for (let turn = 0; turn <= turns; turn++) await session.send('Question').result
}
