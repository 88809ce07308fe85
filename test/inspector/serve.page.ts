/** The page of a real `troupe serve`, in a real browser. */
import { mkdtemp, rm } from 'node:fs/promises'
import { readFileSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { chromium, type Page } from 'playwright-core'
import { expect, inject, onTestFinished } from 'vitest'
import { startServe, type ServeProcess } from '../cli/serve-process.ts'
import { pageTest, watchFaults, watchLights } from './browser.ts'

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url))

interface Visit {
  readonly server: ServeProcess
  readonly page: Page
  /** What the page wrote to the console, threw, or asked of other hosts. */
  readonly faults: readonly string[]
  /** Starts the server again at its port, with its store. */
  restart(): Promise<ServeProcess>
}

/** Makes a session of the agent and opens it in the page by the link that the server prints. */
async function visit(agent: string, view: string): Promise<Visit> {
  const cwd = await mkdtemp(join(tmpdir(), 'troupe-visit-'))
  onTestFinished(() => rm(cwd, { recursive: true }))
  const args = [path('machines'), '--store', 'sqlite:served.db']
  const server = await startServe(args, { cwd })
  await fetch(`${server.url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ agent, id: 'ada' }),
  })
  const browser = await chromium.connect(inject('browserUrl'))
  onTestFinished(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  page.setDefaultTimeout(60_000)
  const faults = watchFaults(page, server.url)
  await page.goto(/^inspector: (\S+)$/m.exec(server.output.stdout)?.[1] ?? '')
  await page.locator('.session-row', { hasText: 'ada' }).click()
  await page.locator(`#tab-${view}`).click()
  const port = new URL(server.url).port
  return { server, page, faults, restart: () => startServe([...args, '--port', port], { cwd }) }
}

pageTest(
  'the printed link opens the page; a question asked there lights up the graph in the order of the trace',
  async () => {
    const { server, page, faults } = await visit('assistant', 'graph')
    await page.locator('[data-edge]').first().waitFor()
    expect(page.url()).not.toContain('token')
    await watchLights(page)
    await page.locator('#chat-text').fill('What is 17 * 23?')
    await page.keyboard.press('Enter')
    await page.locator('.chat-answer', { hasText: '391' }).waitFor()

    const { trace } = (await (await fetch(`${server.url}/sessions/ada/trace`)).json()) as {
      trace: { from: string; to: string; eventType: string }[]
    }
    const expected = [...new Set(trace.map(({ from, eventType, to }) => `${from}.${eventType}>${to}`))]
    expect(expected.length).toBeGreaterThan(4)
    await expect
      .poll(async () => (await page.evaluate<string[]>('window.lit')).filter((edge) => expected.includes(edge)), {
        timeout: 20_000,
      })
      .toEqual(expected)
    expect(faults).toEqual([])
  },
)

pageTest(
  'a refund is approved in the page, and a page that stays open finds the server that was started again',
  async () => {
    const { server, page, faults, restart } = await visit('refund_desk', 'statechart')
    await page.locator('#chat-text').fill('Please refund 20 euros of order A-17')
    await page.keyboard.press('Enter')
    await page.locator('[data-state="refund_desk.awaitingApproval"][data-active]').waitFor()

    server.child.kill('SIGTERM')
    expect(await server.ended).toBe(0)
    await page.locator('.connection-bar', { hasText: 'cannot be reached' }).waitFor()
    // That the server was gone is nothing that the page can keep out of the console.
    const before = faults.filter((fault) => !/ERR_CONNECTION_REFUSED|WebSocket connection to/.test(fault))
    expect(before).toEqual([])
    const again = await restart()
    await page.locator('.connection-bar').waitFor({ state: 'detached' })
    await page.locator('[data-state="refund_desk.awaitingApproval"][data-active]').waitFor()

    await page.locator('.pending-card button', { hasText: 'Approve' }).click()
    await page.locator('[data-state="refund_desk.chatting"][data-active]').waitFor()
    await page.locator('.pending-card').waitFor({ state: 'detached' })
    const messages = await (await fetch(`${again.url}/sessions/ada/messages`)).text()
    expect(messages).toContain('refunded')
    expect(faults.filter((fault) => !/ERR_CONNECTION_REFUSED|WebSocket connection to/.test(fault))).toEqual([])
  },
)

pageTest('what the page loads first has at most 300 kB, compressed', () => {
  const dist = path('inspector/dist')
  const html = readFileSync(join(dist, 'index.html'), 'utf8')
  const first = [...html.matchAll(/(?:src|href)="\/inspector\/([^"]+)"/g)].map(([, name = '']) => name)
  expect(first.length).toBeGreaterThan(1)
  // The layout engine comes after it, in a worker.
  expect(first.filter((name) => name.includes('elk'))).toEqual([])
  expect(readdirSync(join(dist, 'assets')).some((name) => name.includes('elk'))).toBe(true)
  const size = first.reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, name))).length, 0)
  expect(size).toBeLessThanOrEqual(300_000)
})
