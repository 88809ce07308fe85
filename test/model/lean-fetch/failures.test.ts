import { getEventListeners } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { createLeanFetch } from '../../../src/model/lean-fetch.ts'
import { streamChat } from '../../../src/model/chat.ts'
import { modelClient } from '../../../src/model/client.ts'
import { startHttpServer } from './http-server.ts'

const leanFetch = createLeanFetch()

it.each(['http://127.0.0.1:', 'http://localhost:', 'http://[::1]:', 'http://nobody.invalid:'])(
  'says why it reaches nobody, as fetch does: %s',
  async (address) => {
    const gone = await startHttpServer(() => {})
    await gone[Symbol.asyncDispose]()
    const url = address + new URL(gone.url).port
    const failure = async (fetch: typeof globalThis.fetch): Promise<unknown> => {
      const error: unknown = await fetch(url).catch((reason: unknown) => reason)
      if (!(error instanceof TypeError)) throw new Error('it did not fail')
      return [error.message, (error.cause as { code?: unknown }).code]
    }
    expect(await failure(leanFetch)).toEqual(await failure(fetch))
  },
)

it('fails when the server hangs up before it answers', async () => {
  await using server = await startHttpServer((request) => request.socket.destroy())
  await expect(leanFetch(server.url)).rejects.toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNRESET' } })
})

it.each(['stream', 'text'] as const)('fails when the server breaks off in the middle: %s', async (way) => {
  await using server = await startHttpServer((_request, response) => {
    response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy())
  })
  const response = await leanFetch(server.url)
  const reading = way === 'text' ? response.text() : new Response(response.body).text()
  await expect(reading).rejects.toMatchObject({ name: 'TypeError', message: 'terminated' })
})

it('fails when the answer has a status that there is none of', async () => {
  await using server = await startHttpServer((_request, response) => response.writeHead(999).end('no'))
  await expect(leanFetch(server.url)).rejects.toMatchObject({ name: 'TypeError', message: 'fetch failed' })
  await server.closed()
})

it('says that a broken stream was broken off', async () => {
  await using server = await startHttpServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('data: {"choices":[{"delta":{"content":"half"}}]}\n\n', () => response.destroy())
  })
  const client = modelClient({ baseURL: server.url, maxRetries: 0, environment: {} })
  const pieces: string[] = []
  const answer = streamChat(client, { model: 'm', messages: [] }, { onText: (text) => pieces.push(text) })
  await expect(answer).rejects.toMatchObject({
    code: 'model_stream_broken',
    message: expect.stringContaining('the server closed the connection') as string,
  })
  expect(pieces).toEqual(['half'])
})

it('gives up a body that pauses for too long, as a timeout', async () => {
  await using server = await startHttpServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: {}\n\n')
  })
  const client = modelClient({ baseURL: server.url, maxRetries: 0, environment: {} })
  const fetch = createLeanFetch({ idleTimeout: 20 })
  const answer = streamChat(client.withOptions({ fetch }), { model: 'm', messages: [] })
  await expect(answer).rejects.toMatchObject({ code: 'model_timeout' })
  await server.closed()
})

it('gives up a connection that takes too long, its TLS handshake included', async () => {
  const sockets: Socket[] = []
  const mute = createServer((socket) => sockets.push(socket))
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  const url = `https://127.0.0.1:${(mute.address() as AddressInfo).port}/`
  const client = modelClient({ baseURL: url, maxRetries: 0, environment: {} })
  const fetch = createLeanFetch({ connectTimeout: 20 })
  const answer = streamChat(client.withOptions({ fetch }), { model: 'm', messages: [] })
  await expect(answer).rejects.toMatchObject({ code: 'model_timeout' })
  for (const socket of sockets) socket.destroy()
  await new Promise((resolve) => mute.close(resolve))
})

it('waits for the headers as long as the client says', async () => {
  await using server = await startHttpServer(() => {})
  const client = modelClient({ baseURL: server.url, maxRetries: 0, timeout: 20, environment: {} })
  const fetch = createLeanFetch({ idleTimeout: 5 })
  const answer = streamChat(client.withOptions({ fetch }), { model: 'm', messages: [] })
  await expect(answer).rejects.toMatchObject({ code: 'model_timeout' })
  await server.closed()
})

it.each(['already', 'before the answer', 'in its middle'] as const)('heeds its signal: %s', async (when) => {
  const controller = new AbortController()
  const { signal } = controller
  await using server = await startHttpServer((_request, response) => {
    if (when === 'in its middle') response.write('half')
    else controller.abort()
  })
  if (when === 'already') controller.abort()
  const answer = leanFetch(server.url, { signal })
  if (when === 'in its middle') {
    const response = await answer
    const text = response.text()
    controller.abort()
    await expect(text).rejects.toBe(signal.reason)
  } else await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
  await server.closed()
  expect(getEventListeners(signal, 'abort')).toEqual([])
})
