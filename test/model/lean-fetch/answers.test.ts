import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import type { RequestListener } from 'node:http'
import { expect, it } from 'vitest'
import { createLeanFetch } from '../../../src/model/lean-fetch.ts'
import { startHttpServer } from './http-server.ts'

const leanFetch = createLeanFetch()
const text = '你好, world. '.repeat(50)
const compressed = (encoding: string, body: Buffer): RequestListener =>
  function answer(_request, response) {
    response.writeHead(200, { 'content-encoding': encoding, 'content-type': 'text/plain' }).end(body)
  }

const answers: Record<string, RequestListener> = {
  text: (_request, response) => response.end(text),
  'nothing, with a status that has no body': (_request, response) => response.writeHead(204).end(),
  'an empty body': (_request, response) => response.end(),
  'a status and its words': (_request, response) => response.writeHead(418, 'No Coffee').end('{}'),
  'a header given twice': (_request, response) =>
    response.writeHead(200, { 'x-many': ['a', 'b'], 'set-cookie': ['c=1', 'd=2'] }).end(),
  'a large body': (_request, response) => response.end('x'.repeat(5_000_000)),
  gzip: compressed('gzip', gzipSync(text)),
  deflate: compressed('deflate', deflateSync(text)),
  br: compressed('br', brotliCompressSync(text)),
  'an encoding that nobody knows': compressed('secret', Buffer.from(text)),
  'what it was sent': (request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (piece: string) => (body += piece))
    request.on('end', () => {
      const { authorization, 'content-length': length, 'content-type': type, 'user-agent': agent } = request.headers
      response.end(JSON.stringify([request.method, request.url, authorization, length, type, agent, body]))
    })
  },
  'a redirect': (request, response) =>
    request.url?.startsWith('/there')
      ? response.end(`${request.method} there`)
      : response.writeHead(307, { location: '/there' }).end('moved'),
}

it.each(Object.keys(answers))("answers as Node's own fetch does: %s", async (name) => {
  await using server = await startHttpServer(answers[name] as RequestListener)
  const read = async (fetch: typeof globalThis.fetch): Promise<unknown> => {
    const headers = new Headers({ authorization: 'Bearer k', 'content-type': 'application/json', 'user-agent': 'test' })
    const response = await fetch(`${server.url}path?a=1&b=%20`, { method: 'POST', headers, body: '{"say":"你好"}' })
    expect(response).toBeInstanceOf(Response)
    expect(response.bodyUsed).toBe(false)
    const { status, statusText, ok, url } = response
    // The date may be another one.
    const fields = [...response.headers].filter(([field]) => field !== 'date')
    const hasBody = response.body !== null
    const body = await response.text()
    return { status, statusText, ok, url, fields, hasBody, body, bodyUsed: hasBody && response.bodyUsed }
  }
  expect(await read(leanFetch)).toEqual(await read(fetch))
})

it.each(['json', 'arrayBuffer', 'blob', 'clone', 'body'] as const)('can be read by %s', async (way) => {
  await using server = await startHttpServer((_request, response) => response.end('{"a":1}'))
  const response = await leanFetch(server.url)
  if (way === 'json') expect(await response.json()).toEqual({ a: 1 })
  if (way === 'arrayBuffer') expect(new TextDecoder().decode(await response.arrayBuffer())).toBe('{"a":1}')
  if (way === 'blob') expect(await (await response.blob()).text()).toBe('{"a":1}')
  if (way === 'clone')
    expect(await Promise.all([response.clone().text(), response.text()])).toEqual(['{"a":1}', '{"a":1}'])
  if (way === 'body') expect(await new Response(response.body).text()).toBe('{"a":1}')
  if (way !== 'clone') await expect(response.text()).rejects.toThrow(TypeError)
})
