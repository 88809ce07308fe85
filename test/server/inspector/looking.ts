/** A server with an inspector, and clients that come to look. */
import type { IncomingMessage } from 'node:http'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { redactSecrets } from '../../../src/inspect/redact-secrets.ts'
import { createInspector, type Inspector } from '../../../src/inspect/inspector.ts'
import { readFeed, type FeedReader } from '../../inspect/feed-reader.ts'
import { startServing, type Served, type Serving } from '../serving.ts'

export const token = 'the-token-of-the-test'

/** A served inspector. */
export interface Looking extends Served {
  readonly inspector: Inspector
  /** Connects with a token or key; `headers` go with the handshake. */
  connect(shown?: string, headers?: Readonly<Record<string, string>>): Promise<FeedReader>
}

/** See the top of this file. */
export async function startLooking({ poolOptions, ...options }: Serving): Promise<Looking> {
  const inspector = createInspector({ redact: redactSecrets })
  const served = await startServing({
    inspectorToken: token,
    ...options,
    inspector,
    poolOptions: { ...poolOptions, inspector },
  })
  onTestFinished(() => inspector.close())
  return { ...served, inspector, connect: (shown = token, headers) => readFeed(feedUrl(served.url, shown), headers) }
}

/** `ws://…/inspect?token=…` */
export function feedUrl(server: string, shown: string | undefined, path = '/inspect'): string {
  const url = new URL(path, server.replace(/^http/, 'ws'))
  if (shown !== undefined) url.searchParams.set('token', shown)
  return url.href
}

/** What a handshake is answered with: 101, or the status that refuses it. */
export function handshake(url: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers })
    socket.on('open', () => {
      socket.terminate()
      resolve(101)
    })
    socket.on('unexpected-response', (_, response: IncomingMessage) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    socket.on('error', reject)
  })
}
