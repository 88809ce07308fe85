import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'

/** A local HTTP server that answers with whatever the test writes, and a client of it that does not retry. */
export interface RawServer {
  readonly baseURL: string
  readonly client: OpenAI
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export async function startRawServer(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
  options: { timeout?: number } = {},
): Promise<RawServer> {
  const server = createServer((request, response) => {
    request.resume().once('end', () => answer(response, request))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  const client = new OpenAI({ apiKey: 'sk-test', baseURL, maxRetries: 0, ...options })
  return { baseURL, client, close, [Symbol.asyncDispose]: close }
}
