/** The published server `everything` over streamable HTTP, as a process that can be killed and started again. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { published } from './servers.ts'

/** A server on a port of its own. */
export interface HttpServer {
  readonly url: string
  start(): Promise<void>
  /** Ends it at once, as kill -9 does. */
  kill(): Promise<void>
}

/** Starts it; it is killed when the test ends. */
export async function startHttpServer(): Promise<HttpServer> {
  const port = await freePort()
  let child: ChildProcess | undefined
  const server: HttpServer = {
    url: `http://127.0.0.1:${port}/mcp`,
    async start() {
      const { command, args = [] } = published('everything', 'streamableHttp')
      child = spawn(command, [...args], {
        env: { ...process.env, PORT: String(port) },
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      await new Promise<void>((resolve) => {
        child?.stderr?.on('data', (text: Buffer) => {
          if (text.toString().includes('listening on port')) resolve()
        })
      })
    },
    async kill() {
      if (!child || child.signalCode) return
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
  }
  onTestFinished(() => server.kill())
  await server.start()
  return server
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}
