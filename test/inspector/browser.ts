/** Pages in a real browser, watched for what must not happen in them. */
import { chromium, type Browser, type Page } from 'playwright-core'
import { inject, onTestFinished, test } from 'vitest'
import type { InspectorOptions } from 'troupe'
import type { ViewName } from '../../inspector/src/state.ts'
import { openStage, type Stage } from './stage.ts'

/** A test that needs the browser: left out, visibly, where there is none. */
export const pageTest = test.skipIf(inject('browserUrl') === '')

let browser: Promise<Browser> | undefined

/** How a page is opened. */
export interface PageOptions {
  readonly session?: string
  readonly view?: ViewName
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
  /** Of the page; the stage's by default. */
  readonly url?: string
}

/** An open page. */
export interface OpenPage {
  readonly page: Page
  /** What it wrote to the console, threw, or asked of other hosts. */
  readonly faults: readonly string[]
}

/** A stage that is stopped when the test is over. */
export async function stageForTest(port?: number, options?: InspectorOptions): Promise<Stage> {
  const stage = await openStage(port, options)
  onTestFinished(() => stage.stop())
  return stage
}

/** Opens the inspector; the page is closed when the test is over. */
export async function openPage(stage: Stage, options: PageOptions = {}): Promise<OpenPage> {
  browser ??= chromium.connect(inject('browserUrl'))
  const { session, view = 'graph', width = 1440, height = 900, scheme = 'dark', url = stage.url } = options
  const context = await (await browser).newContext({ viewport: { width, height }, colorScheme: scheme })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const faults = watchFaults(page, stage.url)
  await page.goto(session === undefined ? url : `${url}#/${session}/${view}`)
  return { page, faults }
}

/** Collects, from now on, what a page writes to the console, throws, or asks of other hosts than its own. */
export function watchFaults(page: Page, url: string): readonly string[] {
  const faults: string[] = []
  const own = new URL(url).host
  page.on('console', (message) => faults.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`))
  page.on('request', (request) => {
    if (new URL(request.url()).host !== own) faults.push(`request: ${request.url()}`)
  })
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== own) faults.push(`websocket: ${socket.url()}`)
  })
  return faults
}

/** Collects in `window.lit`, from now on, the edges of the graph that light up, in that order. */
export async function watchLights(page: Page): Promise<void> {
  await page.evaluate(`
    window.lit = []
    new MutationObserver((changes) => {
      for (const { target } of changes)
        if (target.dataset?.edge && target.classList.contains('lit') && !window.lit.includes(target.dataset.edge))
          window.lit.push(target.dataset.edge)
    }).observe(document.body, { subtree: true, attributes: true, attributeFilter: ['class'] })`)
}
