import { expect, it } from 'vitest'
import { completeChat, streamChat, type ChatRequest } from '../../src/model/chat.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'

const request: ChatRequest = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] }

/** The calls that are read from deltas of `tool_calls`; each is `[id, name, arguments]`. */
async function readCalls(...deltas: unknown[][]): Promise<[id: string, name: string, text: string][]> {
  const chunks = deltas.map((calls) => ({ choices: [{ index: 0, delta: { tool_calls: calls } }] }))
  const end = { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] }
  const raw = [...chunks, end].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
  const { toolCalls } = await streamChat(scriptedModel([{ raw }]).client, request)
  return toolCalls.map((call) => [call.id, call.function.name, call.function.arguments])
}
const part = (name: string | undefined, text: unknown, more: object = {}) => ({
  ...more,
  function: { ...(name === undefined ? {} : { name }), arguments: text },
})

it('puts parallel calls together by their index, interleaved or not', async () => {
  const calls = await readCalls(
    [part('a', '', { index: 0, id: 'x', type: 'function' }), part('b', '', { index: 1, id: 'y' })],
    [part(undefined, '{"p"', { index: 0 })],
    [part(undefined, '{"q":2}', { index: 1 })],
    [part(undefined, ':1}', { index: 0 })],
  )
  expect(calls).toEqual([
    ['x', 'a', '{"p":1}'],
    ['y', 'b', '{"q":2}'],
  ])
})

it('takes whole calls at once, without index or ids', async () => {
  expect(await readCalls([part('a', '{}'), part('b', '{"q":2}')])).toEqual([
    ['call_0', 'a', '{}'],
    ['call_1', 'b', '{"q":2}'],
  ])
})

it('takes pieces without index: those without a name belong to the last call', async () => {
  const calls = await readCalls([part('a', '{"p"')], [part(undefined, ':1}')], [part('b', '{}', { id: 'y' })])
  expect(calls).toEqual([
    ['call_0', 'a', '{"p":1}'],
    ['y', 'b', '{}'],
  ])
})

it('takes several calls that all have the index 0', async () => {
  const calls = await readCalls([part('a', '{}', { index: 0, id: 'x' })], [part('a', '{"p":1}', { index: 0, id: 'y' })])
  expect(calls).toEqual([
    ['x', 'a', '{}'],
    ['y', 'a', '{"p":1}'],
  ])
})

it('takes pieces that each come with a new id', async () => {
  const calls = await readCalls(
    [part('a', '{"p"', { index: 0, id: 'x' })],
    [part(undefined, ':1}', { index: 0, id: 'z' })],
  )
  expect(calls).toEqual([['x', 'a', '{"p":1}']])
})

it('gives every call an id of its own', async () => {
  const calls = await readCalls([part('a', '{}', { index: 0, id: 'x' }), part('b', '{}', { index: 1, id: 'x' })])
  expect(calls.map(([id]) => id)).toEqual(['x', 'x_1'])
})

it('writes arguments as JSON text where a server sends an object', async () => {
  expect(await readCalls([part('a', { p: 1 })])).toEqual([['call_0', 'a', '{"p":1}']])
})

it('reads the calls of an answer that is not streamed', async () => {
  const model = scriptedModel([{ toolCalls: [{ name: 'a', args: { p: 1 } }, { name: 'b' }] }])
  const answer = await completeChat(model.client, request)
  expect(answer).toMatchObject({ text: '', finishReason: 'tool_calls' })
  expect(answer.toolCalls.map((call) => call.function)).toEqual([
    { name: 'a', arguments: '{"p":1}' },
    { name: 'b', arguments: '{}' },
  ])
})
