/** A scripted model, or the offline one, as a local OpenAI-compatible HTTP server. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { messageOf } from '../core/errors.ts'
import { renderFault } from '../model/completion.ts'
import { createOfflineFetch, type Fetch } from '../model/offline/offline-fetch.ts'
import type { RecordedRequest, Script } from './script.ts'
import { apiOf, scriptedModel, type ScriptedModel } from './scripted-model.ts'

/** What a {@link ModelServer} serves: a script, a scripted model, or the offline model. */
export type ServedModel = Script | Pick<ScriptedModel, 'fetch'> | { readonly offline: true }

/** A running server. */
export interface ModelServer {
  /** Address for clients: `http://127.0.0.1:<port>/v1`. */
  readonly baseURL: string
  /** Requests that were begun and are neither answered nor given up. */
  readonly openRequests: number
  /** Requests that the client gave up before their answer ended. */
  readonly abortedRequests: number
  /** Bodies of the calls so far, in order. */
  readonly requests: readonly RecordedRequest[]
  /** Resolves when no request is open. */
  idle(): Promise<void>
  /** Ends all connections and frees the port. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts a server at a free port of this machine. Close it, or declare it with `await using`. */
export async function startModelServer(served: ServedModel): Promise<ModelServer> {
  const answer = fetchOf(served)
  const requests: RecordedRequest[] = []
  let open = 0
  let aborted = 0
  let onIdle: (() => void)[] = []

  const server = createServer((request, response) => {
    open++
    const controller = new AbortController()
    response.on('close', () => {
      if (!response.writableFinished) {
        aborted++
        controller.abort()
      }
      if (--open > 0) return
      for (const resolve of onIdle) resolve()
      onIdle = []
    })
    void handle(request, response, controller.signal)
  })

  const handle = async (request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> => {
    try {
      const body = await readBody(request)
      if (apiOf(request.url ?? '')) requests.push(JSON.parse(body) as RecordedRequest)
      const { method = 'GET', url = '/' } = request
      const init = { method, signal, ...(body === '' ? {} : { body }) }
      await send(await answer(new URL(url, 'http://127.0.0.1'), init), response)
    } catch (error) {
      if (signal.aborted) return
      // An answer that has begun can only be broken off.
      if (response.headersSent) response.destroy()
      else fail(response, error)
    }
  }

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {
    baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    get openRequests() {
      return open
    },
    get abortedRequests() {
      return aborted
    },
    idle: () => (open === 0 ? Promise.resolve() : new Promise((resolve) => onIdle.push(resolve))),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function fetchOf(served: ServedModel): Fetch {
  if (typeof served === 'function' || Array.isArray(served)) return scriptedModel(served as Script).fetch
  return 'fetch' in served ? served.fetch : createOfflineFetch()
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

async function send(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, Object.fromEntries(answer.headers))
  response.flushHeaders()
  if (answer.body) await pipeline(Readable.fromWeb(answer.body as ReadableStream<Uint8Array>), response)
  else response.end()
}

function fail(response: ServerResponse, error: unknown): void {
  response.writeHead(500, { 'content-type': 'application/json', 'x-should-retry': 'false' })
  response.end(renderFault({ message: messageOf(error), type: 'server_error' }))
}
