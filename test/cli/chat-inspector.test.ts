import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { readFeed } from '../inspect/feed-reader.ts'
import { feedUrl, handshake } from '../server/inspector/looking.ts'
import { runTroupe } from './run-troupe.ts'

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url))

test('a chat prints the link of its inspector, which shows the chat, needs the token, and ends with it', async () => {
  const child = spawn(process.execPath, [path('bin/troupe.js'), 'chat', path('machines/chat'), '--inspector'], {
    env: { ...process.env, NO_COLOR: '1', OPENAI_API_KEY: '', OPENAI_BASE_URL: '' },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  child.stdout.resume()
  let told = ''
  const link = await new Promise<URL>((resolve) =>
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told += text
      const [, url] = /^inspector: (\S+)\n/m.exec(told) ?? []
      if (url) resolve(new URL(url))
    }),
  )
  const token = link.hash.replace('#token=', '')
  expect(link.hostname).toBe('127.0.0.1')
  expect(await handshake(feedUrl(link.origin, 'wrong'))).toBe(401)
  expect(await handshake(feedUrl(link.origin, token), { origin: 'https://evil.example' })).toBe(403)
  const reader = await readFeed(feedUrl(link.origin, token))
  const { sessions } = await reader.ask({ type: 'sessions' })
  expect(sessions).toMatchObject([{ agent: 'chat', activity: 'idle' }])
  const { id = '' } = sessions[0] ?? {}
  await reader.subscribe(id)
  child.stdin.write('hello from the keyboard\n')
  await reader.until((each) =>
    each.records(id).some((record) => record.kind === 'turn' && record.status === 'completed'),
  )
  const { traceId } = await reader.ask({
    type: 'act',
    session: id,
    act: { kind: 'send', content: 'hello from the page' },
  })
  await reader.until((each) =>
    each
      .records(id)
      .some((record) => record.kind === 'turn' && record.traceId === traceId && record.status === 'completed'),
  )
  const closed = new Promise((resolve) => reader.socket.on('close', resolve))
  child.stdin.end()
  expect(await ended).toBe(0)
  await closed
})

test('where nobody sits at a terminal a chat starts no server', async () => {
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/chat'], { lines: ['hello'] })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).not.toContain('inspector')
})
