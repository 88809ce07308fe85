import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { openStream } from '../server/serving.ts'
import { startLoadServer, type LoadProcess } from './load-process.ts'
import type { LoadFigures } from './load-server.ts'
import { randomOf } from './random.ts'
import { reportFigures } from './report.ts'

const seconds = Number(process.env['TROUPE_LOAD_SECONDS'] ?? 30)
const sessions = Number(process.env['TROUPE_LOAD_SESSIONS'] ?? 500)
const live = Number(process.env['TROUPE_LOAD_LIVE'] ?? 100)
const clients = Number(process.env['TROUPE_LOAD_CLIENTS'] ?? 50)
const folder = mkdtempSync(join(tmpdir(), 'troupe-serve-load-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Numbers by Zipf's law: the first is asked for most. */
function zipf(count: number, draw: () => number): () => number {
  let sum = 0
  const sums = Array.from({ length: count }, (_, index) => (sum += 1 / (index + 1)))
  return () => {
    const wanted = draw() * sum
    let [low, high] = [0, count - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) < wanted) low = middle + 1
      else high = middle
    }
    return low
  }
}

const json = { 'content-type': 'application/json' }
const post = (url: string, body: unknown): Promise<Response> =>
  fetch(url, { method: 'POST', headers: json, body: JSON.stringify(body) })

/** One message, streamed or not; resolves with the answer's text, or undefined when the server is full. */
async function ask(url: string, content: string, streamed: boolean): Promise<string | undefined> {
  if (!streamed) {
    const response = await post(url, { content })
    const body = (await response.json()) as { status: string; text: string }
    if (response.status === 429) return undefined
    expect([response.status, body.status]).toEqual([200, 'completed'])
    return body.text
  }
  const reader = await openStream(url, { body: { content } }).catch((error: unknown) => {
    if (String(error).startsWith('Error: 429')) return undefined
    throw error
  })
  if (!reader) return undefined
  const events = await reader.rest()
  const answers = events.filter(({ event }) => event === 'llm_result')
  expect([answers.length, events.at(-1)?.event]).toEqual([1, 'turn_end'])
  return (answers[0]?.data.data as { text: string } | undefined)?.text ?? ''
}

test(
  `${seconds} s of load on ${sessions} sessions: every accepted message is answered once, the heap stays`,
  { timeout: (seconds + 240) * 1_000 },
  async () => {
    const server: LoadProcess = await startLoadServer(`sqlite:${join(folder, 'load.db')}`, String(live))
    for (let from = 0; from < sessions; from += 50)
      await Promise.all(
        Array.from({ length: Math.min(50, sessions - from) }, (_, index) =>
          post(`${server.url}/sessions`, { agent: 'chat', id: `s${from + index}` }).then((response) => response.text()),
        ),
      )
    const accepted = new Map<string, string[]>()
    const took: number[] = []
    let refused = 0
    let number = 0
    const draw = randomOf(20_261_122)
    const next = zipf(sessions, draw)
    const end = performance.now() + seconds * 1_000
    const converse = async (client: number): Promise<void> => {
      while (performance.now() < end) {
        const id = `s${next()}`
        const token = `token${++number}`
        const start = performance.now()
        const text = await ask(`${server.url}/sessions/${id}/messages`, `Remember ${token}`, client % 2 === 0)
        if (text === undefined) {
          refused++
          continue
        }
        took.push(performance.now() - start)
        expect(text).toContain(token)
        accepted.set(id, [...(accepted.get(id) ?? []), token])
      }
    }
    const samples: LoadFigures[] = []
    let over = false
    const measure = async (): Promise<void> => {
      while (!over) {
        await new Promise((resolve) => setTimeout(resolve, (seconds * 1_000) / 15))
        samples.push(await server.figures())
      }
    }
    const measuring = measure()
    await Promise.all(Array.from({ length: clients }, (_, client) => converse(client)))
    over = true
    await measuring

    for (const [id, tokens] of accepted) {
      const said: string[] = []
      const counts: Record<string, number> = {}
      for (let after: number | null = 0; after !== null;) {
        const page: { messages: { role: string; content: string }[]; next: number | null } = (await (
          await fetch(`${server.url}/sessions/${id}/messages?limit=1000&after=${after}`)
        ).json()) as never
        for (const { role, content } of page.messages) {
          counts[role] = (counts[role] ?? 0) + 1
          if (role === 'user') said.push(content.replace('Remember ', ''))
        }
        after = page.next
      }
      expect(said.sort()).toEqual(tokens.sort())
      expect(counts).toEqual({ user: tokens.length, assistant: tokens.length })
    }
    const third = Math.floor(samples.length / 3)
    const mean = (part: readonly LoadFigures[]): number =>
      part.reduce((sum, { heap }) => sum + heap, 0) / part.length / 1e6
    const [middle, last] = [mean(samples.slice(third, 2 * third)), mean(samples.slice(-third))]
    const sorted = [...took].sort((a, b) => a - b)
    reportFigures('load', {
      turns: took.length,
      turnsPerSecond: took.length / seconds,
      refused,
      p50: sorted[Math.floor(sorted.length / 2)] ?? 0,
      p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      heapMiddleMB: middle,
      heapLastMB: last,
      lateP99: Math.max(...samples.slice(1).map(({ lateness }) => lateness)),
      live: samples.at(-1)?.live ?? 0,
    })
    expect(samples.every(({ live: now }) => now <= live)).toBe(true)
    expect(last).toBeLessThan(middle * 1.1 + 5)
  },
)
