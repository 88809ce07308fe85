import type { ChatCompletionMessageParam } from 'openai/resources'
import { BadRequestError } from 'openai'
import { expect, test } from 'vitest'
import { openDoor, serveScript, user } from './client.ts'

const call = { name: 'open_door', args: { door: 2 } }

test("a call of the client's tool ends the turn, and its result continues it", async () => {
  const { client, model } = await serveScript([{ toolCalls: [call] }, 'It is open.'])
  const messages: ChatCompletionMessageParam[] = [user('Open door 2.')]
  const first = await client.chat.completions.create({ model: 'helper', messages, tools: [openDoor] })
  const [choice] = first.choices
  expect(choice).toMatchObject({
    finish_reason: 'tool_calls',
    message: {
      content: null,
      tool_calls: [{ id: 'call_1_0', type: 'function', function: { name: 'open_door', arguments: '{"door":2}' } }],
    },
  })

  if (choice) messages.push(choice.message)
  messages.push({ role: 'tool', tool_call_id: 'call_1_0', content: 'opened' })
  const second = await client.chat.completions.create({ model: 'helper', messages, tools: [openDoor] })
  expect(second.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'It is open.' } })
  expect(model.requests[1]?.messages.slice(1)).toMatchObject([
    user('Open door 2.'),
    { role: 'assistant', tool_calls: [{ id: 'call_1_0' }] },
    { role: 'tool', tool_call_id: 'call_1_0', content: 'opened' },
  ])
})

test('the helper of the official client that runs tools runs them', async () => {
  const { client } = await serveScript([{ toolCalls: [call] }, 'It is open.'])
  const doors: string[] = []
  const runner = client.chat.completions.runTools({
    model: 'helper',
    stream: true,
    messages: [user('Open door 2.')],
    tools: [
      {
        type: 'function',
        function: { ...openDoor.function, function: (args: string) => void doors.push(args) },
      },
    ],
  })
  expect(await runner.finalContent()).toBe('It is open.')
  expect(doors).toEqual(['{"door":2}'])
})

test("a tool that has the name of one of the agent's is refused", async () => {
  const { client } = await serveScript([])
  const tools = [{ ...openDoor, function: { ...openDoor.function, name: 'add' } }]
  const refused = client.chat.completions.create({ model: 'helper', messages: [user('Hi')], tools })
  await expect(refused).rejects.toThrow(BadRequestError)
  await expect(refused).rejects.toMatchObject({ code: 'tool_name_taken', param: 'tools' })
})

test('a choice of a tool reaches the model, one that is not there is refused, none takes them away', async () => {
  const { client, model } = await serveScript([{ toolCalls: [call] }, 'No.'])
  const request = { model: 'helper', messages: [user('Open door 2.')], tools: [openDoor] }
  const choice = { type: 'function' as const, function: { name: 'open_door' } }
  await client.chat.completions.create({ ...request, tool_choice: choice })
  await client.chat.completions.create({ ...request, tool_choice: 'none' })
  expect(model.requests.map(({ tool_choice, tools }) => [tool_choice, tools?.length])).toEqual([
    [choice, 2],
    [undefined, 1],
  ])
  const wrong = { type: 'function' as const, function: { name: 'close_door' } }
  await expect(client.chat.completions.create({ ...request, tool_choice: wrong })).rejects.toMatchObject({
    code: 'invalid_tool_choice',
  })
})
