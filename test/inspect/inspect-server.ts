/** An inspector's feed and page on loopback, as `troupe serve` mounts them, without its checks: for tests and page work. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Inspector } from '../../src/inspect/inspector.ts'
import { InspectorFeed, type ConnectOptions } from '../../src/inspect/feed.ts'
import type { FeedOptions } from '../../src/inspect/feed-client.ts'

/** A listening server. */
export interface InspectServer {
  readonly port: number
  /** `ws://127.0.0.1:<port>/inspect` */
  readonly url: string
  readonly feed: InspectorFeed
  /** The server's ends of the connections. */
  readonly sockets: ReadonlySet<WebSocket>
  close(): Promise<void>
}

/** How it is made. */
export interface InspectServerOptions extends FeedOptions {
  readonly port?: number
  readonly connect?: ConnectOptions
  /** Folder of a built page, served under `/inspector/`. */
  readonly page?: string
  /** Headers of the page's files, such as a policy. */
  readonly headers?: Readonly<Record<string, string>>
  /** Serves sockets of other paths. */
  readonly sockets?: Readonly<Record<string, (socket: WebSocket) => void>>
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
}

/** Starts the server. */
export async function serveInspector(inspector: Inspector, options: InspectServerOptions = {}): Promise<InspectServer> {
  const feed = new InspectorFeed(inspector, options)
  const http = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://loopback').pathname
    void page(options.page, path).then(
      ({ type, body }) => response.writeHead(200, { 'content-type': type, ...options.headers }).end(body),
      () => response.writeHead(404).end(),
    )
  })
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket, request) => {
    const path = new URL(request.url ?? '/', 'http://loopback').pathname
    const other = options.sockets?.[path]
    if (other) return other(socket)
    const connection = feed.connect(socket, options.connect)
    socket.on('message', (data) => connection.receive(String(data as Buffer)))
    socket.on('close', () => connection.closed())
  })
  await new Promise<void>((resolve) => http.listen(options.port ?? 0, '127.0.0.1', resolve))
  const { port } = http.address() as AddressInfo
  return {
    port,
    url: `ws://127.0.0.1:${port}/inspect`,
    feed,
    sockets: sockets.clients,
    async close() {
      feed.close()
      inspector.close()
      for (const client of sockets.clients) client.terminate()
      sockets.close()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

async function page(folder: string | undefined, path: string): Promise<{ type: string; body: Buffer }> {
  if (folder === undefined || !path.startsWith('/inspector')) throw new Error('no page')
  const name = path.replace(/^\/inspector\/?/, '') || 'index.html'
  const file = join(folder, normalize(`/${name}`))
  return { type: types[extname(file)] ?? 'application/octet-stream', body: await readFile(file) }
}
