/** A client of a feed over a real WebSocket, as a page is one: asks, waits for frames, keeps the state up to date. */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import type {
  Answers,
  BatchFrame,
  ClientFrame,
  ErrorFrame,
  InspectRecord,
  Patch,
  ServerFrame,
  SubscribedFrame,
} from '../../src/inspect/protocol.ts'

type Request<Frame> = Frame extends unknown ? Omit<Frame, 'id'> : never
type Condition = (reader: FeedReader) => boolean

/** See the top of this file. */
export class FeedReader {
  readonly frames: ServerFrame[] = []
  /** Frames as they came, for what must not be in them. */
  readonly texts: string[] = []
  readonly socket: WebSocket
  readonly #waiting = new Set<() => void>()
  #ids = 0

  constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => {
      const text = String(data as Buffer)
      this.texts.push(text)
      this.frames.push(JSON.parse(text) as ServerFrame)
      for (const check of this.#waiting) check()
    })
  }

  /** Resolves when what has come fulfils a condition. */
  until(condition: Condition): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition(this)) return
        this.#waiting.delete(check)
        resolve()
      }
      this.#waiting.add(check)
      check()
    })
  }

  /** Asks, and gives the result. Rejects with the error frame. */
  async ask<Type extends Exclude<ClientFrame['type'], 'subscribe'>>(
    frame: Request<Extract<ClientFrame, { type: Type }>> & { type: Type },
  ): Promise<Answers[Type]> {
    const answer = await this.#answer(frame as Request<ClientFrame>)
    return (answer as unknown as { result: Answers[Type] }).result
  }

  async subscribe(session: string): Promise<SubscribedFrame> {
    return (await this.#answer({ type: 'subscribe', session })) as SubscribedFrame
  }

  /** Sends a frame as it is. */
  send(text: string): void {
    this.socket.send(text)
  }

  batches(session: string): BatchFrame[] {
    return this.frames.filter((frame) => frame.type === 'batch').filter((frame) => frame.session === session)
  }

  /** What came of a session live, in order. */
  records(session: string): InspectRecord[] {
    return this.batches(session).flatMap(({ records }) => records)
  }

  /** The state of a session as the page has it now. */
  state(session: string): SubscribedFrame['state'] {
    let state: unknown
    for (const frame of this.frames) {
      if (frame.type === 'subscribed' && frame.session.id === session) state = structuredClone(frame.state)
      if (frame.type === 'batch' && frame.session === session) state = patched(state, frame.state)
    }
    return state as SubscribedFrame['state']
  }

  async #answer(frame: Request<ClientFrame>): Promise<ServerFrame> {
    const id = ++this.#ids
    this.socket.send(JSON.stringify({ ...frame, id }))
    const find = (): ServerFrame | undefined => this.frames.find((each) => 'id' in each && each.id === id)
    await this.until(() => find() !== undefined)
    const answer = find() as ServerFrame
    if (answer.type === 'error') throw new RefusedError(answer)
    return answer
  }
}

/** A request was answered by an error. */
export class RefusedError extends Error {
  readonly code: string

  constructor({ error }: ErrorFrame) {
    super(error.message)
    this.code = error.code
  }
}

/** Connects, and waits for the greeting. */
export async function readFeed(url: string, headers: Readonly<Record<string, string>> = {}): Promise<FeedReader> {
  const socket = new WebSocket(url, { headers })
  const reader = new FeedReader(socket)
  await once(socket, 'open')
  await reader.until(({ frames }) => frames.length > 0)
  return reader
}

/** Applies a JSON Patch as RFC 6902 says; written apart from the one that makes them. */
export function patched(document: unknown, patches: readonly Patch[]): unknown {
  let result = structuredClone(document)
  for (const patch of patches) {
    const keys = patch.path
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = keys.pop()
    if (last === undefined) {
      result = 'value' in patch ? patch.value : undefined
      continue
    }
    let parent = result as Record<string, unknown>
    for (const key of keys) parent = parent[key] as Record<string, unknown>
    if (Array.isArray(parent)) {
      const list = parent as unknown[]
      const index = last === '-' ? list.length : Number(last)
      if (index > list.length) throw new Error(`no place ${patch.path}`)
      if (patch.op === 'remove') list.splice(index, 1)
      else list.splice(index, patch.op === 'replace' ? 1 : 0, patch.value)
      continue
    }
    if (patch.op === 'remove') delete parent[last]
    else
      Object.defineProperty(parent, last, { value: patch.value, writable: true, enumerable: true, configurable: true })
  }
  return result
}
