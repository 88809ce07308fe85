import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { ServeFile } from '../../src/cli/serve-config.ts'
import { openStream } from '../server/serving.ts'
import './run-troupe.ts'
import { startServe } from './serve-process.ts'
import { urlOf } from './temporary-store.ts'

const machines = fileURLToPath(new URL('../../machines', import.meta.url))
const post = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

test('serves every agent of a folder, logs turns as JSON, and ends with SIGTERM; sessions go on at the next start', async () => {
  const store = urlOf('served.db')
  const one = await startServe([machines, '--store', store])
  for (const agent of ['assistant', 'chat', 'refund_desk']) expect(one.output.stdout).toContain(`  ${agent}`)
  expect(one.output.stdout).toContain('the offline model answers')
  await post(`${one.url}/sessions`, { agent: 'assistant', id: 'ada' })
  const stream = await openStream(`${one.url}/sessions/ada/messages`, { body: { content: 'What is 17*23?' } })
  expect((await stream.until('turn_end')).data.data).toMatchObject({
    status: 'completed',
    text: expect.stringContaining('391'),
  })
  one.child.kill('SIGTERM')
  expect(await one.ended).toBe(0)
  const lines = one.output.stderr.trim().split('\n')
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { msg: 'turn', sessionId: 'ada', status: 'completed' },
  ])

  const two = await startServe([machines, '--store', store])
  const { text } = (await (
    await post(`${two.url}/sessions/ada/messages`, { content: 'What did I just ask?' })
  ).json()) as { text: string }
  expect(text).toContain('17*23')
  two.child.kill('SIGINT')
  expect(await two.ended).toBe(0)
})

test('the commands that it prints work as they are', async () => {
  const { output, child, ended } = await startServe([machines, '--store', 'memory:'])
  const commands = output.stdout.split('\n').filter((line) => line.startsWith('  curl '))
  expect(commands).toHaveLength(2)
  for (const command of commands) expect(await shell(command)).not.toContain('"error":{')
  expect(await shell(commands[1] ?? '')).toContain('event: turn_end')
  child.kill('SIGTERM')
  await ended
})

test('keys of the environment are asked for, and are nowhere in the output', async () => {
  const key = 'acme-key-0123456789'
  const environment = { TROUPE_API_KEYS: `acme:${key}`, TROUPE_STORE: 'memory:' }
  const { url, output, child, ended } = await startServe([`${machines}/chat`], { environment })
  expect((await post(`${url}/sessions`, {})).status).toBe(401)
  const made = await post(`${url}/sessions`, {}, { authorization: `Bearer ${key}` })
  const { id } = (await made.json()) as { id: string }
  await post(`${url}/sessions/${id}/messages`, { content: 'hello' }, { authorization: `Bearer ${key}` })
  child.kill('SIGTERM')
  expect(await ended).toBe(0)
  expect(output.stdout + output.stderr).not.toContain(key)
  expect(output.stderr).toContain('"tenant":"acme"')
})

test('what stands in the way is said, with what to do', async () => {
  const start = (args: string[], environment: Record<string, string> = {}): Promise<string> =>
    startServe(args, { environment: { TROUPE_STORE: 'memory:', ...environment } }).then(
      () => 'it serves',
      (error: unknown) => (error as Error).message,
    )
  const [open, nothing, flag, variable] = await Promise.all([
    start([machines, '--host', '0.0.0.0']),
    start([fileURLToPath(new URL('../../docs', import.meta.url))]),
    start([machines, '--prot', '80']),
    start([machines], { TROUPE_API_KEYS: 'acme:short' }),
  ])
  expect(open).toMatch(/ended with 1:.*Refusing to listen at 0\.0\.0\.0 without API keys/s)
  expect(nothing).toMatch(/ended with 1:.*There is no agent in/s)
  expect(flag).toMatch(/unknown option '--prot'/)
  expect(variable).toMatch(/16 to 512 printable characters/)
  const { url } = await startServe([machines, '--store', 'memory:'])
  expect(await start([machines, '--port', new URL(url).port])).toMatch(/Port \d+ of 127\.0\.0\.1 is in use/)
})

test('docs/http.md names every key of the configuration file', () => {
  const docs = readFileSync(fileURLToPath(new URL('../../docs/http.md', import.meta.url)), 'utf8')
  for (const name of Object.keys(ServeFile.shape)) expect(docs).toContain(`\`${name}\``)
})

function shell(command: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', command.replace('curl', 'curl -s')])
    let text = ''
    child.stdout.on('data', (piece: Buffer) => (text += piece.toString()))
    child.on('close', () => resolve(text))
  })
}
