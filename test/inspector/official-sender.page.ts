import { createWebSocketInspector } from '@statelyai/inspect'
import { expect, onTestFinished } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { openPage, pageTest, stageForTest } from './browser.ts'

const order = createMachine({
  id: 'order',
  initial: 'cart',
  states: { cart: { on: { PAY: 'paid' } }, paid: { type: 'final' } },
})

pageTest('an XState app with the official sender is shown with its statechart, and can only be looked at', async () => {
  const stage = await stageForTest()
  const { page, faults } = await openPage(stage)
  const sender = createWebSocketInspector({ url: `${stage.server.url}/stately` })
  const actor = createActor(order, { inspect: sender.inspect }).start()
  onTestFinished(() => {
    actor.stop()
    sender.stop()
  })
  await page.locator('.session-row', { hasText: 'order' }).click()
  await page.locator('#view', { hasText: 'no agent graph' }).waitFor()
  expect(await page.locator('#chat-text').count()).toBe(0)
  await page.locator('#tab-statechart').click()
  await page.locator('[data-state="order.cart"][data-active]').waitFor()
  actor.send({ type: 'PAY' })
  await page.locator('[data-state="order.paid"][data-active]').waitFor()
  await page.locator('#tab-sequence').click()
  await page.locator('.sequence-label', { hasText: 'PAY' }).first().waitFor()
  expect(faults).toEqual([])
})
