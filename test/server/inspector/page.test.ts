import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { expect, onTestFinished, test } from 'vitest'
import type { ServerEnv } from '../../../src/server/context.ts'
import { addInspectorPage } from '../../../src/server/inspector/page.ts'
import { listenWith } from '../../../src/server/listen.ts'

async function served(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'troupe-page-'))
  onTestFinished(() => rm(root, { recursive: true }))
  await mkdir(join(root, 'dist', 'assets'), { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, 'dist', name), text)
  await writeFile(join(root, 'private.txt'), 'not for pages')
  const app = new Hono<ServerEnv>()
  addInspectorPage(app, join(root, 'dist'))
  const { port, end } = await listenWith(app.fetch, { port: 0, host: '127.0.0.1', upgradedAt: [] })
  onTestFinished(() => end(0))
  return `http://127.0.0.1:${port}`
}

test('the page has its own policy, its types, and is cached by the names of its assets', async () => {
  const url = await served({
    'index.html': '<!doctype html><title>Inspector</title>',
    'assets/index-abc.js': `export const text = '${'x'.repeat(5_000)}'`,
    'assets/index-abc.css': 'body { color: red }',
    'assets/icon-abc.svg': '<svg/>',
  })
  const page = await fetch(`${url}/inspector/`)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.headers.get('cache-control')).toBe('no-cache')
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'; script-src 'self'")
  expect(policy).not.toMatch(/unsafe|https?:|\*|data:/)
  const types = { 'index-abc.js': 'text/javascript', 'index-abc.css': 'text/css', 'icon-abc.svg': 'image/svg+xml' }
  for (const [name, type] of Object.entries(types)) {
    const { headers, status } = await fetch(`${url}/inspector/assets/${name}`)
    expect([name, status, headers.get('content-type')?.split(';')[0]]).toEqual([name, 200, type])
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
  const script = await fetch(`${url}/inspector/assets/index-abc.js`, { headers: { 'accept-encoding': 'gzip' } })
  expect(script.headers.get('content-encoding')).toBe('gzip')
  expect(await script.text()).toContain('xxx')
  const link = await fetch(`${url}/inspector?token=t`, { redirect: 'manual' })
  expect(new URL(link.headers.get('location') ?? '', link.url).href).toBe(`${url}/inspector/?token=t`)
})

test('nothing but the page is served', async () => {
  const url = await served({ 'index.html': 'page' })
  for (const path of [
    '../private.txt',
    '..%2fprivate.txt',
    '%2e%2e/private.txt',
    'assets/..%5c..%5cprivate.txt',
    'nothing.js',
  ])
    expect([path, (await fetch(`${url}/inspector/${path}`)).status]).toEqual([path, 404])
})

test('a page that is not built is said to be so, with what to run', async () => {
  const url = await served({})
  const answer = await fetch(`${url}/inspector/`)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'text/plain; charset=UTF-8'])
  expect(await answer.text()).toContain('npm run build:inspector')
})
