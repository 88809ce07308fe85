import { expect, it } from 'vitest'
import { streamChat } from '../../../src/model/chat.ts'
import { modelClient } from '../../../src/model/client.ts'
import { createOfflineFetch } from '../../../src/model/offline/offline-fetch.ts'
import { pausingClock } from '../../setup/pausing-clock.ts'

const url = 'http://offline.invalid/v1/chat/completions'
const body = { model: 'any', messages: [{ role: 'user' as const, content: '你好 there' }] }
const post = (content: unknown, signal?: AbortSignal) =>
  createOfflineFetch({ clock: pausingClock().clock })(url, {
    method: 'POST',
    body: JSON.stringify(content),
    ...(signal ? { signal } : {}),
  })

it('answers like a server of chat completions', async () => {
  const response = await post(body)
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.json()).toMatchObject({
    id: 'chatcmpl-offline-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'any',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant' } }],
    usage: { prompt_tokens: 2, completion_tokens: expect.any(Number), total_tokens: expect.any(Number) },
  })
})

it('streams in pieces that cut events and characters', async () => {
  const response = await post({ ...body, stream: true, stream_options: { include_usage: true } })
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  const pieces: Uint8Array[] = []
  for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) pieces.push(piece)
  expect(pieces.length).toBeGreaterThan(20)
  const text = Buffer.concat(pieces).toString()
  const events = text.split('\n\n').filter(Boolean)
  expect(events.at(-1)).toBe('data: [DONE]')
  expect(JSON.parse(events.at(-2)?.slice(6) ?? '')).toMatchObject({ choices: [], usage: { prompt_tokens: 2 } })
})

it('works with the stream helpers of the client', async () => {
  const stream = modelClient({ environment: {} }).chat.completions.stream({ ...body, stream: true })
  const completion = await stream.finalChatCompletion()
  expect(completion.choices[0]?.message.content).toContain('你好 there')
})

it('heeds the signal before and in the middle of an answer', async () => {
  await expect(post(body, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
  const controller = new AbortController()
  const response = await post({ ...body, stream: true }, controller.signal)
  const reader = response.body?.getReader()
  await reader?.read()
  controller.abort()
  await expect(reader?.read()).rejects.toMatchObject({ name: 'AbortError' })
  const client = modelClient({ environment: {} })
  const second = new AbortController()
  const answer = streamChat(client, body, { signal: second.signal, onText: () => second.abort() })
  await expect(answer).rejects.toMatchObject({ code: 'model_aborted' })
})

it.each([
  ['POST', 'http://offline.invalid/v1/embeddings', '{}', 404, 'does not answer POST /v1/embeddings'],
  ['GET', url, undefined, 404, 'does not answer GET'],
  ['POST', url, '{', 400, 'no JSON'],
  ['POST', url, '{"model":"m"}', 400, 'messages'],
  ['POST', url, '{"model":"m","messages":[{"role":"robot"}]}', 400, 'role'],
])('answers %s %s %s with an error in OpenAI format', async (method, address, content, status, text) => {
  const response = await createOfflineFetch()(address, { method, ...(content === undefined ? {} : { body: content }) })
  expect(response.status).toBe(status)
  const { error } = (await response.json()) as { error: { message: string; type: string } }
  expect(error.message).toContain(text)
  expect(error.type).toBe('invalid_request_error')
})
