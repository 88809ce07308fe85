import { expect, it } from 'vitest'
import { completeChat, streamChat, type ChatRequest } from '../../src/model/chat.ts'
import { hold } from '../../src/testing/script.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'
import { pausingClock } from '../setup/pausing-clock.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

it('answers each call with the next step, streamed or whole as the request asks', async () => {
  const model = scriptedModel(['one', { text: ['t', 'wo'] }, { text: '三', usage: { input: 5, output: 6 } }])
  expect((await completeChat(model.client, request)).text).toBe('one')
  const pieces: string[] = []
  expect((await streamChat(model.client, request, { onText: (text) => pieces.push(text) })).text).toBe('two')
  expect(pieces).toEqual(['t', 'wo'])
  expect(await streamChat(model.client, request)).toEqual({
    text: '三',
    reasoning: '',
    model: 'm',
    toolCalls: [],
    usage: { inputTokens: 5, outputTokens: 6, totalTokens: 11, calls: 1 },
    finishReason: 'stop',
    refusal: null,
  })
  model.assertComplete()
})

it('answers with several tool calls, malformed arguments as they are', async () => {
  const model = scriptedModel([
    {
      toolCalls: [
        { name: 'add', args: { a: 1 } },
        { name: 'sub', args: '{"a":', id: 'x' },
      ],
    },
  ])
  const answer = await streamChat(model.client, request)
  expect(answer.finishReason).toBe('tool_calls')
  expect(answer.toolCalls).toEqual([
    { id: 'call_1_0', type: 'function', function: { name: 'add', arguments: '{"a":1}' } },
    { id: 'x', type: 'function', function: { name: 'sub', arguments: '{"a":' } },
  ])
})

it('decides with JSON', async () => {
  const model = scriptedModel([{ route: 'chat' }, { json: { a: [1] } }])
  expect((await completeChat(model.client, request)).text).toBe('{"route":"chat"}')
  expect((await completeChat(model.client, request)).text).toBe('{"a":[1]}')
})

it('records frozen requests, and steps may be made of them', async () => {
  const model = scriptedModel((body, call) => `${call}: ${JSON.stringify(body.messages[0]?.content)}`)
  expect((await streamChat(model.client, request)).text).toBe('1: "Hi"')
  expect((await completeChat(model.client, request)).text).toBe('2: "Hi"')
  expect(model.requests.map(({ stream }) => stream)).toEqual([true, false])
  expect(() => Object.assign(model.requests[0]?.messages[0] ?? {}, { content: '' })).toThrow(TypeError)
  model.assertComplete()
})

it('holds an answer, and the middle of one, until the gate is released', async () => {
  const [start, middle] = [hold(), hold()]
  const model = scriptedModel([{ hold: start, text: ['a', middle, 'b'] }])
  const pieces: string[] = []
  const answer = streamChat(model.client, request, { onText: (text) => pieces.push(text) })
  await start.reached
  start.release()
  await middle.reached
  expect(pieces).toEqual(['a'])
  middle.release()
  expect((await answer).text).toBe('ab')
})

it('waits by the injected clock', async () => {
  const { clock, nextPause } = pausingClock()
  const model = scriptedModel([{ text: 'late', delay: 20 }], { clock })
  const answer = completeChat(model.client, request)
  const pause = await nextPause()
  expect(pause.milliseconds).toBe(20)
  pause.end()
  expect((await answer).text).toBe('late')
})

it.each(['hold', 'middle'] as const)('gives up a call that is aborted at a gate: %s', async (place) => {
  const gate = hold()
  const model = scriptedModel([place === 'hold' ? { hold: gate, text: 'a' } : { text: ['a', gate] }])
  const controller = new AbortController()
  const answer = streamChat(model.client, request, { signal: controller.signal })
  await gate.reached
  controller.abort()
  await expect(answer).rejects.toMatchObject({ code: 'model_aborted' })
})

it('fails a call that it has no step for, and says which', async () => {
  const model = scriptedModel(['one'])
  await completeChat(model.client, request)
  const text = 'Call 2 has no step: the script has 1. Its last message is {"role":"user","content":"Hi"}.'
  await expect(completeChat(model.client, request)).rejects.toMatchObject({ name: 'ScriptError', message: text })
  expect(() => model.assertComplete()).toThrow(text)
})

it('fails when steps are left over or the function of a step threw', async () => {
  expect(() => scriptedModel(['one', 'two']).assertComplete()).toThrow('2 of 2 steps were not used.')
  const model = scriptedModel([
    () => {
      throw new Error('expected more')
    },
  ])
  await expect(streamChat(model.client, request)).rejects.toThrow('The function of step 1 threw: expected more.')
  expect(() => model.assertComplete()).toThrow('expected more')
})

it.each([
  [{ status: 500, message: 'down' }, 'model_server_error'],
  [{ status: 429, headers: { 'retry-after': '2' } }, 'model_rate_limited'],
  [{ text: 'ab', ending: 'cut' }, 'model_stream_broken'],
  [{ text: 'ab', ending: 'unfinished' }, 'model_stream_broken'],
  [{ raw: 'data: {"choices":[{]}\n\n' }, 'model_bad_answer'],
] as const)('fails as %j says', async (step, code) => {
  const model = scriptedModel([step])
  await expect(streamChat(model.client, request)).rejects.toMatchObject({ code })
})
