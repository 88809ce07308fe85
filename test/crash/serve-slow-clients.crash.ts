import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openStream } from '../server/serving.ts'
import { startLoadServer, type LoadProcess } from './load-process.ts'
import { reportFigures } from './report.ts'

const folder = mkdtempSync(join(tmpdir(), 'troupe-serve-slow-'))
afterAll(() => rmSync(folder, { recursive: true }))
const normal = 50
const slow = 50
const turns = Number(process.env['TROUPE_SLOW_TURNS'] ?? 30)
// Large enough that what waits for a slow client does not fit into the buffers of its socket.
const words = Array.from({ length: 200 }, (_, index) => `${index}${'x'.repeat(500)}`).join(' ')

async function post(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await response.text()
  expect([200, 201]).toContain(response.status)
}

/** Every normal client does its turns, streaming; resolves with the milliseconds that each turn took. */
async function converse({ url }: LoadProcess, run: string): Promise<number[]> {
  const took: number[] = []
  await Promise.all(
    Array.from({ length: normal }, async (_, client) => {
      const id = `${run}-${client}`
      await post(`${url}/sessions`, { agent: 'solo', id })
      for (let turn = 0; turn < turns; turn++) {
        const start = performance.now()
        const reader = await openStream(`${url}/sessions/${id}/messages`, { body: { content: 'a b c d e f g h' } })
        await reader.rest()
        expect(reader.events.at(-1)?.event).toBe('turn_end')
        took.push(performance.now() - start)
      }
    }),
  )
  return took
}

/** A client that takes a byte a second of a stream. */
async function crawl(url: string, id: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  const socket = connect({ port: Number(port), host: hostname, highWaterMark: 1 } as never)
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(`GET /sessions/${id}/events HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`)
  await once(socket, 'readable')
  const timer = setInterval(() => socket.read(1), 1_000)
  socket.on('close', () => clearInterval(timer))
  return socket
}

test('50 clients that take a byte a second hold up nobody and cost no memory', async () => {
  const server = await startLoadServer(`sqlite:${join(folder, 'slow.db')}`, '500')
  await converse(server, 'warm')
  for (let client = 0; client < slow; client++)
    await post(`${server.url}/sessions`, { agent: 'solo', id: `slow-${client}` })
  const alone = [percentile(await converse(server, 'alone-1'), 99)]
  const before = await server.figures()
  const crawlers = await Promise.all(Array.from({ length: slow }, (_, client) => crawl(server.url, `slow-${client}`)))
  // Each has 2 MB to take that it does not take.
  for (let round = 0; round < 10; round++)
    await Promise.all(
      crawlers.map((_, client) => post(`${server.url}/sessions/slow-${client}/messages`, { content: words })),
    )
  const full = await server.figures()
  const beside = [percentile(await converse(server, 'beside-1'), 99)]
  beside.push(percentile(await converse(server, 'beside-2'), 99))
  for (const socket of crawlers) socket.destroy()
  alone.push(percentile(await converse(server, 'alone-2'), 99))
  const ratio = Math.min(...beside) / Math.max(...alone)
  const grown = (full.heap - before.heap) / 1e6
  reportFigures('slow clients', {
    p99Alone: Math.max(...alone),
    p99Beside: Math.min(...beside),
    percent: ratio * 100,
    grownMB: grown,
    rssMB: full.rss / 1e6,
  })
  expect(ratio).toBeLessThanOrEqual(1.5)
  // The ring of each session, and no more.
  expect(grown).toBeLessThan(slow * 1)
})

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * part) / 100))] ?? 0
}
