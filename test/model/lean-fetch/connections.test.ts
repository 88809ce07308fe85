import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { createLeanFetch } from '../../../src/model/lean-fetch.ts'
import { startHttpServer } from './http-server.ts'

it('sends one request after another over one connection, and several at once over their own', async () => {
  await using server = await startHttpServer((_request, response) => response.end('ok'))
  const fetch = createLeanFetch()
  for (let count = 0; count < 5; count++) await (await fetch(server.url)).text()
  expect(server.connections).toBe(1)
  await Promise.all(Array.from({ length: 4 }, async () => (await fetch(server.url)).text()))
  expect(server.connections).toBe(4)
})

it('keeps no connection that the server closes soon', async () => {
  await using server = await startHttpServer((_request, response) => {
    response.writeHead(200, { 'keep-alive': 'timeout=1' }).end('ok')
  })
  const fetch = createLeanFetch()
  for (let count = 0; count < 3; count++) await (await fetch(server.url)).text()
  expect(server.connections).toBe(3)
})

it(
  'does not keep the process alive with a connection that waits for the next request',
  { timeout: 30_000 },
  async () => {
    await using server = await startHttpServer((_request, response) => response.end('ok'))
    const module = new URL('../../../src/model/lean-fetch.ts', import.meta.url).href
    const script = `
    const { leanFetch } = await import('${module}')
    console.log(await (await leanFetch('${server.url}')).text())
    process.on('exit', () => console.log(process.uptime() - before < 3))
    const before = process.uptime()`
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--import',
      'tsx',
      '--input-type=module',
      '--eval',
      script,
    ])
    expect(stdout).toBe('ok\ntrue\n')
  },
)

it('closes the connection when the body is given up', async () => {
  await using server = await startHttpServer((_request, response) => response.write('a'))
  const response = await createLeanFetch()(server.url)
  await response.body?.cancel()
  await server.closed()
})

it('reads no faster than it is read', { timeout: 30_000 }, async () => {
  const piece = Buffer.alloc(65_536)
  const size = 500 * piece.length
  let written = 0
  await using server = await startHttpServer((request, response) => {
    if (request.url === '/progress') {
      response.end(String(written))
      return
    }
    const fill = (): void => {
      while (written < size && !response.destroyed) {
        written += piece.length
        if (!response.write(piece)) return
      }
      response.end()
    }
    response.on('drain', fill)
    fill()
  })
  const fetch = createLeanFetch()
  const response = await fetch(server.url)
  for (let count = 0; count < 30; count++) await (await fetch(`${server.url}progress`)).text()
  expect(written).toBeLessThan(size)
  expect((await response.arrayBuffer()).byteLength).toBe(size)
})
