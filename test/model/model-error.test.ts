import { APIError } from 'openai'
import { expect, it } from 'vitest'
import type { ServerResponse } from 'node:http'
import { completeChat, streamChat, type ChatRequest } from '../../src/model/chat.ts'
import { ModelError, toModelError } from '../../src/model/model-error.ts'
import { startRawServer } from './raw-server.ts'

const request: ChatRequest = { model: 'm1', messages: [{ role: 'user', content: 'Hi' }] }
const ways = [
  ['streamed', streamChat],
  ['whole', completeChat],
] as const

async function errorOf(promise: Promise<unknown>): Promise<ModelError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ModelError)) throw new Error(`no ModelError: ${String(error)}`, { cause: error })
  return error
}

function json(status: number, body: unknown, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }
}
const fault = (message: string, code: string | null = null) => ({ error: { message, type: 't', param: null, code } })

it.each(ways)('says where nothing listens, and what to check: %s', async (_, chat) => {
  const server = await startRawServer(() => {})
  await server.close()
  const error = await errorOf(chat(server.client, request))
  expect(error).toMatchObject({ code: 'model_unreachable', retryable: true, status: null, model: 'm1' })
  expect(error.message).toBe(
    `Model 'm1' at ${server.baseURL} cannot be reached: connect ECONNREFUSED ${server.baseURL.slice(7, -3)}. ` +
      'Is the server running? Check OPENAI_BASE_URL and the network.',
  )
  expect(error.cause).toBeInstanceOf(APIError)
})

it.each([
  [401, fault('Incorrect API key'), {}, 'model_unauthorized', false, 'Check OPENAI_API_KEY'],
  [403, fault('No access'), {}, 'model_unauthorized', false, 'Check OPENAI_API_KEY'],
  [404, fault("model 'm1' not found"), {}, 'model_not_found', false, 'Check TROUPE_MODEL'],
  [400, fault('bad tools'), {}, 'model_bad_request', false, 'bad tools'],
  [400, fault('too long', 'context_length_exceeded'), {}, 'model_context_exceeded', false, 'smaller'],
  [400, fault("This model's maximum context length is 8 tokens."), {}, 'model_context_exceeded', false, 'smaller'],
  [429, fault('slow down'), {}, 'model_rate_limited', true, 'slow down'],
  [429, fault('no money', 'insufficient_quota'), {}, 'model_rate_limited', false, 'plan and billing'],
  [500, fault('oops'), {}, 'model_server_error', true, 'oops'],
  [503, '<html>upstream</html>', {}, 'model_server_error', true, '503 <html>upstream</html>'],
  [500, fault('never'), { 'x-should-retry': 'false' }, 'model_server_error', false, 'never'],
  [408, fault('slow'), {}, 'model_timeout', true, 'slow'],
] as const)('tells status %i apart: %j', async (status, body, headers, code, retryable, text) => {
  await using server = await startRawServer(json(status, body, headers))
  for (const [, chat] of ways) {
    const error = await errorOf(chat(server.client, request))
    expect(error).toMatchObject({ code, status, retryable, baseURL: server.baseURL })
    expect(error.message).toContain(text)
    expect(error.message).toContain(server.baseURL)
  }
})

it.each([
  [{ 'retry-after': '7' }, 7_000],
  [{ 'retry-after-ms': '250' }, 250],
  [{ 'retry-after': 'Sun, 22 Nov 2026 10:00:09 GMT', date: 'Sun, 22 Nov 2026 10:00:00 GMT' }, 9_000],
  [{}, null],
])('keeps how long the server asks to wait: %j', async (headers, retryAfter) => {
  await using server = await startRawServer(json(429, fault('slow down'), headers))
  expect((await errorOf(streamChat(server.client, request))).retryAfter).toBe(retryAfter)
})

it('says when the answer did not begin in time', async () => {
  await using server = await startRawServer(() => {}, { timeout: 20 })
  expect(await errorOf(streamChat(server.client, request))).toMatchObject({ code: 'model_timeout', retryable: true })
})

it.each(ways)('says when the connection broke off in the middle: %s', async (_, chat) => {
  await using server = await startRawServer((response) => {
    response.writeHead(200, { 'content-type': chat === streamChat ? 'text/event-stream' : 'application/json' })
    response.write('data: {"choices":[{"index":0,"delta":{"content":"Hel"}}]}\n\n', () => response.destroy())
  })
  const error = await errorOf(chat(server.client, request))
  expect(error).toMatchObject({ code: 'model_stream_broken', retryable: false })
  expect(error.message).toContain(`at ${server.baseURL} broke off its answer: `)
  expect(error.cause).toBeInstanceOf(TypeError)
})

it.each([
  ['ends too early', 'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n', 'model_stream_broken', 'finish_reason'],
  ['is empty', '', 'model_stream_broken', 'finish_reason'],
  ['has malformed JSON', 'data: {"choices":[{]}\n\n', 'model_bad_answer', 'no JSON: {"choices":[{]}'],
  ['has no object', 'data: 5\n\n', 'model_bad_answer', 'no object: 5'],
  ['has an error', 'data: {"error":{"message":"overloaded"}}\n\n', 'model_server_error', 'overloaded'],
  ['has a text as error', 'data: {"error":"broken"}\n\n', 'model_server_error', 'broken'],
  ['has the error of a gateway', 'data: {"error":{"message":"x","code":429}}\n\n', 'model_rate_limited', 'x'],
  ['has no choices', 'data: {"choices":[]}\n\ndata: [DONE]\n\n', 'model_bad_answer', 'no choices'],
])('says when a stream %s', async (_, body, code, text) => {
  await using server = await startRawServer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(body)
  })
  const error = await errorOf(streamChat(server.client, request))
  expect(error.code).toBe(code)
  expect(error.message).toContain(text)
})

it.each([
  ['malformed JSON', '{"choices": [', 'model_bad_answer', 'no JSON: {"choices": ['],
  ['an error', fault('out of memory'), 'model_server_error', 'out of memory'],
  ['no choices', { choices: [] }, 'model_bad_answer', 'no choices'],
  ['other JSON', [1], 'model_bad_answer', 'no object: [1]'],
  ['a web page', '<!doctype html>', 'model_bad_answer', 'OPENAI_BASE_URL'],
])('says when an answer with status 200 is %s', async (_, body, code, text) => {
  await using server = await startRawServer(json(200, body))
  for (const [, chat] of ways) {
    const error = await errorOf(chat(server.client, request))
    expect(error.code).toBe(code)
    expect(error.message).toContain(text)
  }
})

it('does not print the credentials of an address', () => {
  const error = toModelError(new Error('x'), { model: 'm', baseURL: 'http://me:secret@host/v1?key=secret' })
  expect(error).toMatchObject({ code: 'model_failed', baseURL: 'http://host/v1' })
  expect(error.message).not.toContain('secret')
})
