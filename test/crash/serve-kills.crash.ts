import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { hold, startModelServer } from 'troupe/testing'
import { startServe, type ServeProcess } from '../cli/serve-process.ts'
import { openStream, type EventReader } from '../server/serving.ts'
import { reportFigures } from './report.ts'

const kills = Number(process.env['TROUPE_SERVE_KILLS'] ?? 4)
const clients = 8
const agent = fileURLToPath(new URL('../../machines/assistant', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'troupe-serve-kills-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Stored {
  readonly messages: readonly { readonly role: string; readonly content: string | null }[]
}

async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

/** One person: sends messages one after the other, and follows the session, over every death of the server. */
class Client {
  readonly id: string
  /** Stored events by the order in which they came. */
  readonly seen: string[] = []
  readonly ends: string[] = []
  accepted = 0
  #talks = true
  #reader: EventReader | undefined
  resumed = 0
  #lastEventId: string | undefined
  readonly #server: { readonly url: string; up: Promise<void> }
  readonly #onEvent: () => void
  readonly #over: () => boolean

  constructor(
    id: string,
    server: { readonly url: string; up: Promise<void> },
    onEvent: () => void,
    over: () => boolean,
  ) {
    this.id = id
    this.#server = server
    this.#onEvent = onEvent
    this.#over = over
  }

  /** Sends until it is over; what got no answer is sent again under the same key. */
  async talk(): Promise<void> {
    while (!this.#over()) {
      const key = `message-${this.accepted + 1}`
      for (;;) {
        const answer = await post(
          `${this.#server.url}/sessions/${this.id}/messages`,
          { content: `What is ${this.accepted + 1}*7?` },
          { 'idempotency-key': key },
        ).then(
          (response) => response.text().then((text) => ({ status: response.status, text })),
          () => undefined,
        )
        if (answer?.status === 200) {
          expect(answer.text).toContain(String((this.accepted + 1) * 7))
          break
        }
        expect([undefined, 503, 429]).toContain(answer?.status)
        await this.#server.up
      }
      this.accepted++
    }
    this.#talks = false
    if (this.#isDone()) await this.#reader?.drop()
  }

  #isDone(): boolean {
    return !this.#talks && this.ends.length >= this.accepted
  }

  /** Follows until as many turns have ended as were sent. */
  async follow(): Promise<void> {
    while (!this.#isDone()) {
      await this.#server.up
      const headers: Record<string, string> =
        this.#lastEventId === undefined ? { 'last-event-id': '@0' } : { 'last-event-id': this.#lastEventId }
      const reader = await openStream(`${this.#server.url}/sessions/${this.id}/events`, { headers }).catch(
        () => undefined,
      )
      if (!reader) continue
      this.#reader = reader
      this.resumed++
      for (;;) {
        if (this.#isDone()) return reader.drop()
        const event = await reader.next().catch(() => undefined)
        if (!event) break
        this.#lastEventId = event.id
        this.#onEvent()
        if (event.event === 'llm_result' || event.event === 'turn_end') this.seen.push(event.data.id)
        if (event.event === 'turn_end') this.ends.push(event.data.traceId)
      }
    }
  }
}

test(`${kills} kills under load: clients go on where they were, nothing accepted is lost or doubled`, async () => {
  const store = `sqlite:${join(folder, 'kills.db')}`
  let server: ServeProcess = await startServe([agent, '--store', store])
  const { url } = server
  const port = new URL(url).port
  const place = { url, up: Promise.resolve() }
  let events = 0
  let over = false
  let wake = (): void => {}
  const people = Array.from(
    { length: clients },
    (_, index) =>
      new Client(
        `client-${index}`,
        place,
        () => (events++, wake()),
        () => over,
      ),
  )
  for (const { id } of people) expect((await post(`${url}/sessions`, { id })).status).toBe(201)
  const work = Promise.all(people.flatMap((person) => [person.talk(), person.follow()]))
  for (let kill = 0; kill < kills; kill++) {
    const until = events + 100 + ((kill * 37) % 90)
    await Promise.race([new Promise<void>((resolve) => (wake = () => events >= until && resolve())), work])
    let up = (): void => {}
    place.up = new Promise((resolve) => (up = resolve))
    server.child.kill('SIGKILL')
    await server.ended
    server = await startServe([agent, '--store', store, '--port', port])
    up()
  }
  const until = events + 100
  await Promise.race([new Promise<void>((resolve) => (wake = () => events >= until && resolve())), work])
  over = true
  await work

  for (const person of people) {
    expect(new Set(person.seen).size, `${person.id} got an event twice`).toBe(person.seen.length)
    expect(person.ends).toEqual(Array.from({ length: person.accepted }, (_, turn) => `${person.id}/0.${turn + 1}`))
    const asked: string[] = []
    for (let after: number | null = 0; after !== null;) {
      const page = (await (
        await fetch(`${url}/sessions/${person.id}/messages?limit=1000&after=${after}`)
      ).json()) as Stored & { next: number | null }
      asked.push(...page.messages.flatMap(({ role, content }) => (role === 'user' ? [content ?? ''] : [])))
      after = page.next
    }
    expect(asked).toEqual(Array.from({ length: person.accepted }, (_, turn) => `What is ${turn + 1}*7?`))
  }
  const accepted = people.reduce((sum, person) => sum + person.accepted, 0)
  const resumed = people.reduce((sum, person) => sum + person.resumed, 0)
  reportFigures('kills of the server', { kills, accepted, resumed, events })
  expect(resumed).toBeGreaterThan(clients * kills * 0.9)
})

test('a turn that was at work when the server was killed ends after the restart with no client', async () => {
  const gate = hold()
  await using model = await startModelServer((_request, call) =>
    call === 1 ? { text: 'never told', hold: gate } : { text: 'told after all' },
  )
  const environment = { OPENAI_BASE_URL: model.baseURL, OPENAI_API_KEY: 'none' }
  const args = [
    fileURLToPath(new URL('../../machines/chat', import.meta.url)),
    '--store',
    `sqlite:${join(folder, 'alone.db')}`,
  ]
  const one = await startServe(args, { environment })
  await post(`${one.url}/sessions`, { id: 'ada' })
  const lost = post(`${one.url}/sessions/ada/messages`, { content: 'hello' }).catch(() => undefined)
  await gate.reached
  one.child.kill('SIGKILL')
  await Promise.all([one.ended, lost])
  gate.release()

  const two = await startServe(args, { environment })
  let stored: Stored
  do stored = (await (await fetch(`${two.url}/sessions/ada/messages`)).json()) as Stored
  while (stored.messages.length < 2)
  expect(stored.messages).toEqual([
    { role: 'user', content: 'hello' },
    { role: 'assistant', content: 'told after all' },
  ])
  expect(model.requests).toHaveLength(2)
})
