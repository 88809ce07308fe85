import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** A local HTTP server that counts its connections. */
export interface HttpServer {
  readonly url: string
  /** Connections so far. */
  readonly connections: number
  /** Resolves when no connection is open. */
  closed(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function startHttpServer(listener: RequestListener): Promise<HttpServer> {
  const server = createServer(listener)
  const open = new Set<Socket>()
  let connections = 0
  let onClosed: (() => void)[] = []
  server.on('connection', (socket) => {
    connections++
    open.add(socket)
    socket.on('close', () => {
      open.delete(socket)
      if (open.size > 0) return
      for (const resolve of onClosed) resolve()
      onClosed = []
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    get connections() {
      return connections
    },
    closed: () => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => onClosed.push(resolve))),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
