import { expect, it } from 'vitest'
import { completeChat, streamChat, type ChatRequest } from '../../src/model/chat.ts'
import { modelClient } from '../../src/model/client.ts'
import { startModelServer } from '../../src/testing/model-server.ts'
import { hold } from '../../src/testing/script.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
const clientOf = (server: { baseURL: string }) =>
  modelClient({ baseURL: server.baseURL, maxRetries: 0, environment: {} })

it('serves a script over HTTP', async () => {
  await using server = await startModelServer(['one', { text: ['t', 'wo'] }])
  expect((await completeChat(clientOf(server), request)).text).toBe('one')
  const pieces: string[] = []
  await streamChat(clientOf(server), request, { onText: (text) => pieces.push(text) })
  expect(pieces.join('')).toBe('two')
  expect(server.requests).toMatchObject([request, { ...request, stream: true }])
})

it('shows an abort as a closed connection', async () => {
  const gate = hold()
  await using server = await startModelServer([{ text: ['a', gate, 'b'] }])
  const controller = new AbortController()
  const answer = streamChat(clientOf(server), request, { signal: controller.signal })
  await gate.reached
  expect(server.openRequests).toBe(1)
  controller.abort()
  await expect(answer).rejects.toMatchObject({ code: 'model_aborted' })
  await server.idle()
  expect(server.openRequests).toBe(0)
  expect(server.abortedRequests).toBe(1)
})

it('destroys the socket where the script cuts', async () => {
  await using server = await startModelServer([{ text: ['Hel'], ending: 'cut' }])
  const pieces: string[] = []
  const answer = streamChat(clientOf(server), request, { onText: (text) => pieces.push(text) })
  await expect(answer).rejects.toMatchObject({ code: 'model_stream_broken' })
  expect(pieces).toEqual(['Hel'])
})

it('answers a call without a step with an error that names it', async () => {
  await using server = await startModelServer([])
  await expect(completeChat(clientOf(server), request)).rejects.toMatchObject({
    code: 'model_server_error',
    message: expect.stringContaining('Call 1 has no step'),
  })
})

it('serves the offline model', async () => {
  await using server = await startModelServer({ offline: true })
  expect((await streamChat(clientOf(server), request)).text).toContain('Offline stand-in')
  const models = await clientOf(server).models.list()
  expect(models.data[0]?.id).toBe('offline')
})

it('frees its port and its connections', async () => {
  const gate = hold()
  const server = await startModelServer([{ hold: gate, text: 'a' }])
  const answer = completeChat(clientOf(server), request)
  await gate.reached
  const failed = expect(answer).rejects.toMatchObject({ code: 'model_unreachable' })
  await server.close()
  await failed
  await expect(completeChat(clientOf(server), request)).rejects.toMatchObject({ code: 'model_unreachable' })
})
