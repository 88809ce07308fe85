import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { readFeed } from '../inspect/feed-reader.ts'
import { feedUrl, handshake } from '../server/inspector/looking.ts'
import './run-troupe.ts'
import { startServe } from './serve-process.ts'

const chat = fileURLToPath(new URL('../../machines/chat', import.meta.url))
const linkIn = (text: string): URL => new URL(/^inspector: (\S+)$/m.exec(text)?.[1] ?? 'no:link')
const tokenIn = (text: string): string => linkIn(text).hash.replace('#token=', '')

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-serve-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('the link that is printed lets in, and is the same after a restart, so that an open page finds the server again', async () => {
  const cwd = await emptyFolder()
  const one = await startServe([chat, '--store', 'sqlite:served.db'], { cwd })
  const token = tokenIn(one.output.stdout)
  await fetch(`${one.url}/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"id":"ada"}',
  })
  const reader = await readFeed(feedUrl(one.url, token))
  expect((await reader.ask({ type: 'sessions' })).sessions).toMatchObject([{ id: 'ada' }])
  expect((await stat(join(cwd, '.troupe', 'inspector-token'))).mode & 0o777).toBe(0o600)
  one.child.kill('SIGTERM')
  expect(await one.ended).toBe(0)

  const two = await startServe([chat, '--store', 'sqlite:served.db'], { cwd })
  expect(tokenIn(two.output.stdout)).toBe(token)
  const again = await readFeed(feedUrl(two.url, token))
  expect((await again.ask({ type: 'sessions' })).sessions).toMatchObject([{ id: 'ada', activity: 'stopped' }])
  // Not the one of the folder of somebody else.
  const three = await startServe([chat, '--store', 'memory:'], { cwd: await emptyFolder() })
  expect(tokenIn(three.output.stdout)).not.toBe(token)
  expect(await handshake(feedUrl(three.url, token))).toBe(401)
})

test('--no-inspector, or the same in the file of options, leaves it out', async () => {
  const cwd = await emptyFolder()
  const one = await startServe([chat, '--store', 'memory:', '--no-inspector'], { cwd })
  await writeFile(join(cwd, 'troupe.config.json'), '{"inspector": false}')
  const two = await startServe([chat, '--store', 'memory:'], { cwd })
  for (const { url, output } of [one, two]) {
    expect(output.stdout).not.toContain('inspector')
    expect((await fetch(`${url}/inspector/`)).status).toBe(404)
    expect(await handshake(feedUrl(url, 'x'))).toBe(404)
  }
})

test('with keys the link has none of them, and a key is what lets in', async () => {
  const key = 'acme-key-0123456789'
  const { url, output } = await startServe([chat, '--store', 'memory:'], {
    environment: { TROUPE_API_KEYS: `acme:${key}` },
    cwd: await emptyFolder(),
  })
  expect(linkIn(output.stdout).href).toBe(`${url}/inspector/#token=KEY`)
  expect(await handshake(feedUrl(url, key))).toBe(101)
  expect(await handshake(feedUrl(url, 'KEY'))).toBe(401)
})
