import { expect, it } from 'vitest'
import { completeChat, streamChat, type ChatRequest } from '../../src/model/chat.ts'
import type { Script } from '../../src/testing/script.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'
import { pausingClock } from '../setup/pausing-clock.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }
const retrying = (script: Script, maxRetries = 2) => {
  const model = scriptedModel(script)
  return { model, client: model.client.withOptions({ maxRetries }) }
}

it('sends a request again, after longer and longer pauses', async () => {
  const { client, model } = retrying([{ status: 500 }, { status: 429 }, 'third'])
  const { clock, nextPause } = pausingClock()
  const answer = streamChat(client, request, { clock, random: () => 1 })
  const [first, second] = [await nextPause().then(end), await nextPause().then(end)]
  expect([first, second]).toEqual([375, 750])
  expect((await answer).text).toBe('third')
  model.assertComplete()
})

it('waits as long as the server asks', async () => {
  const { client } = retrying([{ status: 429, headers: { 'retry-after': '7' } }, 'second'])
  const { clock, nextPause } = pausingClock()
  const answer = completeChat(client, request, { clock })
  expect(await nextPause().then(end)).toBe(7_000)
  expect((await answer).text).toBe('second')
})

it.each([
  ['the server asks for more than a minute', { status: 429, headers: { 'retry-after': '61' } }],
  ['it would fail again', { status: 401 }],
  ['text was streamed already', { text: 'a', ending: 'cut' }],
] as const)('does not send a request again when %s', async (_, step) => {
  const { client, model } = retrying([step])
  await expect(streamChat(client, request)).rejects.toMatchObject({ name: 'ModelError' })
  model.assertComplete()
})

it('fails with the last error when no retry is left', async () => {
  const { client } = retrying([{ status: 500 }, { status: 503, message: 'still down' }], 1)
  const { clock, nextPause } = pausingClock()
  const answer = expect(streamChat(client, request, { clock })).rejects.toThrow('still down')
  await nextPause().then(end)
  await answer
})

it('ends a pause when the signal is aborted, and leaves no timer', async () => {
  const { client } = retrying([{ status: 500 }])
  const { clock, nextPause, cleared } = pausingClock()
  const controller = new AbortController()
  const answer = streamChat(client, request, { clock, signal: controller.signal })
  await nextPause()
  controller.abort()
  await expect(answer).rejects.toMatchObject({ code: 'model_aborted' })
  expect(cleared()).toBe(1)
})

function end(pause: { milliseconds: number; end(): void }): number {
  pause.end()
  return pause.milliseconds
}
