import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { completeChat, streamChat, type ChatRequest } from '../../src/model/chat.ts'
import { modelClient } from '../../src/model/client.ts'
import { startModelServer } from '../../src/testing/model-server.ts'
import { hold } from '../../src/testing/script.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
const abortedError = { name: 'ModelError', code: 'model_aborted', retryable: false }

it.each(['before', 'middle'] as const)('ends the HTTP request when the signal is aborted: %s', async (place) => {
  const gate = hold()
  await using server = await startModelServer([place === 'before' ? { hold: gate } : { text: ['a', gate] }])
  const client = modelClient({ baseURL: server.baseURL, environment: {} })
  const controller = new AbortController()
  const answer = streamChat(client, request, { signal: controller.signal })
  await gate.reached
  controller.abort()
  await expect(answer).rejects.toMatchObject(abortedError)
  await server.idle()
  expect(server.abortedRequests).toBe(1)
})

it('sends nothing when the signal is aborted already', async () => {
  const model = scriptedModel([])
  for (const chat of [streamChat, completeChat]) {
    await expect(chat(model.client, request, { signal: AbortSignal.abort() })).rejects.toMatchObject(abortedError)
  }
  expect(model.requests).toEqual([])
})

it('stops when the signal is aborted by what takes the text', async () => {
  const controller = new AbortController()
  const pieces: string[] = []
  const onText = (text: string): void => {
    pieces.push(text)
    controller.abort()
  }
  const model = scriptedModel([{ text: ['a', 'b', 'c'] }])
  const answer = streamChat(model.client, request, { signal: controller.signal, onText })
  await expect(answer).rejects.toMatchObject(abortedError)
  expect(pieces).toEqual(['a'])
})

it('ends the request and throws on what takes the text throws', async () => {
  await using server = await startModelServer([{ text: ['a', hold()] }])
  const fault = new Error('full')
  const client = modelClient({ baseURL: server.baseURL, environment: {} })
  const answer = streamChat(client, request, {
    onText() {
      throw fault
    },
  })
  await expect(answer).rejects.toBe(fault)
  await server.idle()
  expect(server.abortedRequests).toBe(1)
})

it('stops reading from a fetch that does not heed the signal', async () => {
  const gate = hold()
  const model = scriptedModel([{ text: ['a', gate] }])
  const client = model.client.withOptions({
    fetch: (input, init) => model.fetch(input as string, { ...init, signal: null } as RequestInit),
  })
  const controller = new AbortController()
  const answer = streamChat(client, request, { signal: controller.signal })
  await gate.reached
  controller.abort()
  await expect(answer).rejects.toMatchObject(abortedError)
})

it('leaves no listener on the signal', async () => {
  const controller = new AbortController()
  const model = scriptedModel(['a', 'b', { status: 500 }])
  await streamChat(model.client, request, { signal: controller.signal })
  await completeChat(model.client, request, { signal: controller.signal })
  await expect(streamChat(model.client, request, { signal: controller.signal })).rejects.toThrow()
  expect(getEventListeners(controller.signal, 'abort')).toEqual([])
})
