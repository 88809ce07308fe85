import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { modelClient } from '../../../src/model/client.ts'
import { openaiSpeech, type OpenaiSpeechOptions } from '../../../src/model/speech/openai-speech.ts'
import { readWav, writeWav } from '../../../src/model/speech/wav.ts'
import { startHttpServer, type HttpServer } from '../lean-fetch/http-server.ts'

const never = new AbortController().signal
const samples = new Uint8Array(48_000).fill(5)
const wav = writeWav({ rate: 24_000, channels: 1, bitsPerSample: 16, samples })

let server: HttpServer
let asked: unknown
let answer: (response: ServerResponse) => void
beforeAll(async () => {
  server = await startHttpServer((request: IncomingMessage, response) => {
    let text = ''
    request.on('data', (piece: Buffer) => (text += piece.toString()))
    request.on('end', () => {
      asked = [request.url, JSON.parse(text)]
      answer(response)
    })
  })
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(() => {
  answer = (response) => {
    response.setHeader('content-type', 'audio/wav')
    // In pieces, with a header that a stream has.
    const piped = Buffer.from(wav)
    piped.writeUInt32LE(0xffff_ffff, 40)
    for (let at = 0; at < piped.length; at += 10_000) response.write(piped.subarray(at, at + 10_000))
    response.end()
  }
})
const speak = (options: OpenaiSpeechOptions = {}, signal = never) =>
  openaiSpeech({
    client: modelClient({ baseURL: `${server.url}v1`, apiKey: 'k', maxRetries: 0 }),
    ...options,
  }).synthesize('Hello.', { signal })

test('a sentence is asked for as OpenAI documents it, and the streamed answer becomes a WAV file', async () => {
  const { data, ...rest } = await speak({ voice: 'coral', instructions: 'Whisper.' })
  expect(asked).toEqual([
    '/v1/audio/speech',
    { model: 'gpt-4o-mini-tts', voice: 'coral', input: 'Hello.', response_format: 'wav', instructions: 'Whisper.' },
  ])
  expect(rest).toEqual({ format: 'wav', seconds: 1, rate: 24_000 })
  expect(readWav(data)).toMatchObject({ seconds: 1, samples: Buffer.from(samples) })
})

test('bare samples and MP3 are passed on', async () => {
  answer = (response) => response.setHeader('content-type', 'audio/pcm').end(samples)
  expect(await speak({ format: 'pcm' })).toMatchObject({ format: 'pcm', seconds: 1, rate: 24_000 })
  expect(await speak({ format: 'mp3' })).toMatchObject({ format: 'mp3', seconds: 0.4, data: Buffer.from(samples) })
})

test('failures say what to do', async () => {
  answer = (response) =>
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"message":"no"}}')
  await expect(speak()).rejects.toMatchObject({ code: 'model_unauthorized' })
  answer = (response) => response.setHeader('content-type', 'application/json').end('{}')
  await expect(speak()).rejects.toMatchObject({ code: 'model_bad_answer' })
  answer = (response) => response.setHeader('content-type', 'audio/wav').end('RIFF')
  await expect(speak()).rejects.toMatchObject({ code: 'speech_failed' })
  answer = (response) => response.setHeader('content-type', 'audio/pcm').end()
  await expect(speak({ format: 'pcm' })).rejects.toMatchObject({ code: 'speech_empty' })
  await expect(
    openaiSpeech({ client: modelClient({ environment: {} }) }).synthesize('x', { signal: never }),
  ).rejects.toMatchObject({
    code: 'speech_not_installed',
  })
})

test('an answer without end is given up, and so is one that is cancelled', async () => {
  let closed = Promise.resolve()
  const watch = (response: ServerResponse) =>
    void (closed = new Promise((resolve) => response.on('close', () => resolve())))
  answer = (response) => {
    watch(response)
    response.setHeader('content-type', 'audio/pcm')
    const more = () => void response.write(Buffer.alloc(65_536), (error) => !error && more())
    more()
  }
  await expect(speak({ format: 'pcm' })).rejects.toMatchObject({ code: 'speech_too_large' })
  await closed

  const controller = new AbortController()
  answer = (response) => {
    watch(response)
    response.setHeader('content-type', 'audio/pcm').write('abcd', () => controller.abort(new Error('enough')))
  }
  await expect(speak({ format: 'pcm' }, controller.signal)).rejects.toThrow('enough')
  await closed
})
