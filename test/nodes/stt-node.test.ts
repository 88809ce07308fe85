import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { defineAgent, llmNode, memoryNode, modelClient, openSession, sttNode, type ContentPart } from 'troupe'
import { fakeRuntime, scriptedModel } from 'troupe/testing'
import { writeWav } from '../../src/model/speech/wav.ts'
import { startHttpServer, type HttpServer } from '../model/lean-fetch/http-server.ts'

const wav = Buffer.from(
  writeWav({ rate: 8_000, channels: 1, bitsPerSample: 16, samples: Uint8Array.from({ length: 1_000 }, (_, i) => i) }),
)
const audio = (data = wav.toString('base64')): ContentPart => ({
  type: 'input_audio',
  input_audio: { data, format: 'wav' },
})

let server: HttpServer
let requests: { path: string | undefined; form: FormData }[]
let answer: (response: ServerResponse) => void
beforeAll(async () => {
  server = await startHttpServer((request: IncomingMessage, response) => {
    void (async () => {
      const body = await new Response(request as never, {
        headers: { 'content-type': request.headers['content-type'] ?? '' },
      }).formData()
      requests.push({ path: request.url, form: body })
      answer(response)
    })()
  })
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  requests = []
  answer = (response) => response.setHeader('content-type', 'application/json').end('{"text":" How are you? "}')
})
const client = () => modelClient({ baseURL: `${server.url}v1`, apiKey: 'k', maxRetries: 0 })
const node = (options = {}) => fakeRuntime(sttNode({ client: client(), ...options }))

test('audio goes to the server as a file, and what is said in it becomes the input of a turn', async () => {
  const model = scriptedModel(['Fine.'])
  const agent = defineAgent({
    id: 'listener',
    version: 1,
    nodes: { stt: sttNode({ client: client(), language: 'en' }), memory: memoryNode(), llm: llmNode() },
    edges: [
      { from: 'input', on: 'user_input', to: 'stt' },
      { from: 'stt', on: 'transcript', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
  await using session = await openSession(agent, { client: model.client })
  expect(await session.send([audio()]).result).toMatchObject({ status: 'completed', text: 'Fine.' })
  const [{ path, form }] = requests as [(typeof requests)[0]]
  expect(path).toBe('/v1/audio/transcriptions')
  expect([form.get('model'), form.get('language')]).toEqual(['gpt-4o-mini-transcribe', 'en'])
  const file = form.get('file') as File
  expect([file.name, file.type]).toEqual(['audio.wav', 'audio/wav'])
  expect(Buffer.from(await file.arrayBuffer()).equals(wav)).toBe(true)
  expect(await session.messages()).toEqual([
    { role: 'user', content: 'How are you?' },
    { role: 'assistant', content: 'Fine.' },
  ])
})

test('other parts stay where they are, and an input without audio is passed on', async () => {
  const stt = node()
  await stt.handle('typed')
  const image: ContentPart = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }
  await stt.handle([{ type: 'text', text: 'Listen:' }, audio(`data:audio/wav;base64,${wav.toString('base64')}`), image])
  await stt.handle([{ type: 'text', text: 'Listen:' }, audio()])
  expect(stt.dataOf('transcript')).toEqual([
    'typed',
    [{ type: 'text', text: 'Listen:' }, { type: 'text', text: 'How are you?' }, image],
    'Listen:\nHow are you?',
  ])
})

test('audio that is too large or no base64 is refused before it is sent, and silence is told', async () => {
  await expect(node({ maxBytes: wav.length }).handle([audio(), audio()])).rejects.toMatchObject({
    code: 'transcription_too_large',
  })
  for (const data of ['', '%%%']) {
    await expect(node().handle([audio(data)])).rejects.toMatchObject({ code: 'transcription_audio' })
  }
  expect(requests).toEqual([])
  answer = (response) => response.setHeader('content-type', 'application/json').end('{"text":" "}')
  await expect(node().handle([audio()])).rejects.toMatchObject({ code: 'transcription_empty' })
})

test('what the server does wrong is told, and offline there is no transcript', async () => {
  answer = (response) => response.writeHead(404, { 'content-type': 'application/json' }).end('{}')
  await expect(node().handle([audio()])).rejects.toMatchObject({ code: 'model_not_found' })
  answer = (response) => response.setHeader('content-type', 'application/json').end('{}')
  await expect(node().handle([audio()])).rejects.toMatchObject({ code: 'model_bad_answer' })
  const offline = fakeRuntime(sttNode({ client: modelClient({ environment: {} }) }))
  await expect(offline.handle([audio()])).rejects.toMatchObject({ code: 'transcription_offline' })
})

test('cancelling gives up the request', async () => {
  const stt = node()
  let asked = (): void => {}
  const reached = new Promise<void>((resolve) => (asked = resolve))
  let closed = Promise.resolve()
  answer = (response) => {
    closed = new Promise((resolve) => response.on('close', () => resolve()))
    asked()
  }
  const work = stt.handle([audio()])
  const failed = expect(work).rejects.toMatchObject({ code: 'aborted' })
  await reached
  await stt.abort()
  await failed
  await closed
})
