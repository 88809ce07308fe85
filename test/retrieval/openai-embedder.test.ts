import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { modelClient } from '../../src/model/client.ts'
import { openaiEmbedder } from '../../src/retrieval/openai-embedder.ts'

interface Body {
  readonly model: string
  readonly input: string[]
  readonly encoding_format: string
  readonly dimensions?: number
}

describe('openaiEmbedder', () => {
  let requests: Body[]
  let baseURL: string
  /** Answers a request; a number is the status of an error. */
  let answer: (body: Body) => unknown
  const server = createServer((request: IncomingMessage, response) => {
    let text = ''
    request.on('data', (piece: Buffer) => (text += piece.toString()))
    request.on('end', () => {
      const body = JSON.parse(text) as Body
      requests.push(body)
      const result = answer(body)
      response.writeHead(typeof result === 'number' ? result : 200, {
        'content-type': 'application/json',
        'retry-after-ms': '1',
      })
      response.end(JSON.stringify(typeof result === 'number' ? { error: { message: 'no' } } : result))
    })
  })
  const vectors = ({ input }: Body): unknown => ({
    // Out of order, as the index says which is which.
    data: input.map((text, index) => ({ index, embedding: [text.length, 0] })).reverse(),
  })
  const embedder = (options = {}) =>
    openaiEmbedder({ model: 'embed', client: modelClient({ baseURL, apiKey: 'key' }), ...options })

  beforeEach(async () => {
    requests = []
    answer = vectors
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  })
  afterEach(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })

  test('texts go in batches, and vectors come in their order, of length 1', async () => {
    answer = ({ input }) => ({ data: input.map((text, index) => ({ index, embedding: [3, text.length] })).reverse() })
    const result = await embedder({ batchSize: 2, dimensions: 2 }).embed(['aaaa', '', 'c'])
    expect(requests).toEqual([
      { model: 'embed', input: ['aaaa', ' '], encoding_format: 'float', dimensions: 2 },
      { model: 'embed', input: ['c'], encoding_format: 'float', dimensions: 2 },
    ])
    expect(result[0]?.[1]).toBeCloseTo(0.8)
    expect(result.map((vector) => Math.hypot(...vector).toFixed(3))).toEqual(['1.000', '1.000', '1.000'])
  })

  test('a batch that fails is sent again', async () => {
    answer = (body) => (requests.length === 1 ? 503 : vectors(body))
    expect(await embedder().embed(['a'])).toHaveLength(1)
    expect(requests).toHaveLength(2)
  })

  test.each([
    ['refuses the key', () => 401, 'model_unauthorized'],
    ['sends fewer vectors than texts', () => ({ data: [] }), 'model_bad_answer'],
    ['sends no vectors', () => ({ data: [{ embedding: 'AAAA' }] }), 'model_bad_answer'],
    ['sends something else', () => ({}), 'model_bad_answer'],
  ])('a server that %s is a clear error', async (_name, result, code) => {
    answer = result
    await expect(embedder().embed(['a'])).rejects.toMatchObject({ code })
  })

  test('an aborted signal ends it', async () => {
    const controller = new AbortController()
    answer = (body) => {
      controller.abort()
      return vectors(body)
    }
    await expect(embedder({ batchSize: 1 }).embed(['a', 'b'], { signal: controller.signal })).rejects.toThrow()
    expect(requests).toHaveLength(1)
  })
})
