import { expect, it } from 'vitest'
import { completeChat, streamChat, type ChatRequest } from '../../src/model/chat.ts'
import { scriptedModel, type ScriptedModel } from '../../src/testing/scripted-model.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
const ways = [
  ['streamed', streamChat],
  ['whole', completeChat],
] as const
const streamed = (raw: string | string[]): ScriptedModel => scriptedModel([{ raw, contentType: 'text/event-stream' }])
const end = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'

it.each(ways)('counts zeros where the server says nothing of usage: %s', async (_, chat) => {
  const model = scriptedModel([{ text: 'a', usage: null }])
  const { usage } = await chat(model.client, request)
  expect(usage).toEqual({ inputTokens: 0, outputTokens: 0, totalTokens: 0, calls: 1 })
})

it('counts nothing where the server counts nonsense', async () => {
  // Two such sums are more than any number.
  const usage = { prompt_tokens: -1, completion_tokens: '7', total_tokens: 1e308, prompt_tokens_details: [1] }
  const model = scriptedModel([{ raw: JSON.stringify({ choices: [{}], usage }), contentType: 'application/json' }])
  const answer = await completeChat(model.client, request)
  expect(answer.usage).toEqual({ inputTokens: 0, outputTokens: 0, totalTokens: 0, calls: 1 })
})

it('reads arguments, and errors, that are nested more deeply than can be written', async () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const call = `{"index":0,"id":"a","function":{"name":"add","arguments":${deep}}}`
  const answered = streamed(`data: {"choices":[{"delta":{"tool_calls":[${call}]},"finish_reason":"tool_calls"}]}\n\n`)
  const { toolCalls } = await streamChat(answered.client, request)
  expect(toolCalls[0]?.function).toEqual({ name: 'add', arguments: '(nested too deeply)' })
  const failed = streamed(`data: {"error":${deep}}\n\n`)
  await expect(streamChat(failed.client, request)).rejects.toMatchObject({ code: 'model_server_error' })
})

it('refuses an answer that has no end', async () => {
  const line = `data: ${'x'.repeat(2 ** 20)}`
  const model = streamed(Array.from({ length: 65 }, () => line))
  await expect(streamChat(model.client, request)).rejects.toMatchObject({
    code: 'model_bad_answer',
    message: expect.stringContaining('more than 67108864 bytes') as string,
  })
})

it('refuses an answer of more calls than a person could mean', async () => {
  const calls = Array.from({ length: 1_001 }, (_, index) => ({ index, id: `c${index}`, function: { name: 'add' } }))
  const chunk = { choices: [{ delta: { tool_calls: calls }, finish_reason: 'tool_calls' }] }
  const model = streamed(`data: ${JSON.stringify(chunk)}\n\n`)
  await expect(streamChat(model.client, request)).rejects.toMatchObject({
    code: 'model_bad_answer',
    message: expect.stringContaining('more than 1000 tool calls') as string,
  })
})

it.each(ways)('hands an empty answer on with its finish reason: %s', async (_, chat) => {
  const model = scriptedModel([{ text: '', finishReason: 'length' }])
  expect(await chat(model.client, request)).toMatchObject({ text: '', toolCalls: [], finishReason: 'length' })
})

it.each(ways)('hands a refusal on: %s', async (_, chat) => {
  const model = scriptedModel([{ refusal: 'I will not.' }])
  expect(await chat(model.client, request)).toMatchObject({ text: '', refusal: 'I will not.' })
})

it('asks for usage, and streams only where it should', async () => {
  const model = scriptedModel(['a', 'b'])
  await streamChat(model.client, { ...request, temperature: 0 })
  await completeChat(model.client, request)
  expect(model.requests).toEqual([
    { ...request, temperature: 0, stream: true, stream_options: { include_usage: true } },
    { ...request, stream: false },
  ])
})

it('takes a whole answer from a server that does not stream', async () => {
  const raw = '{"choices":[{"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}'
  const model = scriptedModel([{ raw, contentType: 'application/json; charset=utf-8' }])
  const pieces: string[] = []
  const answer = await streamChat(model.client, request, { onText: (text) => pieces.push(text) })
  expect(answer.text).toBe('Hello')
  expect(pieces).toEqual(['Hello'])
})

it('takes [DONE] as the end where there is no finish reason, and ignores what follows it', async () => {
  const model = streamed('data: {"choices":[{"delta":{"content":"a"}}]}\n\ndata: [DONE]\n\ndata: {]\n\n')
  expect(await streamChat(model.client, request)).toMatchObject({ text: 'a', finishReason: null })
})

it('reads events however they are cut, with comments, CRLF and data over several lines', async () => {
  const text = `: ping\r\n\r\nevent: message\r\nid: 1\r\ndata:{"choices":[{"index":0,\r\ndata: "delta":{"content":"好"}}]}\r\n\r\n${end}`
  const bytes = new TextEncoder().encode(text)
  for (const size of [1, 2, 7, bytes.length]) {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.subarray(at, at + size))
        controller.close()
      },
    })
    const { client } = scriptedModel([])
    const fetch = async () => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
    expect((await streamChat(client.withOptions({ fetch }), request)).text).toBe('好')
  }
})

it('reads the first choice only', async () => {
  const model = streamed([
    'data: {"choices":[{"index":1,"delta":{"content":"no"}}]}\n\n',
    'data: {"choices":[{"index":0,"delta":{"content":"yes"}}]}\n\n',
    end,
  ])
  expect((await streamChat(model.client, request)).text).toBe('yes')
})
