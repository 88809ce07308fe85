import { expect, test } from 'vitest'
import { defineAgent, defineNode, openSession, type Agent } from '../setup/engine.ts'
import { gate, type Gate } from '../setup/gate.ts'
import { testStore } from '../setup/test-store.ts'
import { Text, spoken, untilAborted } from './agents.ts'
import { z } from 'zod'

/** A model that asks a tool and answers what it said; each waits at its gate, where it has one. */
function agentWith(gates: { readonly model?: Gate; readonly tools?: Gate }): Agent {
  const node = (kind: string, type: 'asked' | 'said', door: Gate | undefined) =>
    defineNode({
      kind,
      input: z.json(),
      emits: { asked: Text, said: Text },
      async run(event, runtime) {
        await (door && Promise.race([door.pass(), untilAborted('', runtime)]))
        runtime.append({ role: 'assistant', content: kind })
        runtime.emit(type, { text: `${kind}: ${spoken(event.data)}` })
      },
    })
  return defineAgent({
    id: 'safe',
    version: 1,
    nodes: {
      model: node('llm', 'asked', gates.model),
      tools: node('tools', 'asked', gates.tools),
      last: node('llm', 'said', undefined),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'model' },
      { from: 'model', on: 'asked', to: ['tools', 'output'] },
      { from: 'tools', on: 'asked', to: 'last' },
      { from: 'last', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
}

test('a turn cancelled after the model is given up when its answer is committed', async () => {
  const model = gate()
  await using session = await openSession(agentWith({ model }))
  const turn = session.send('hello')
  await model.reached
  turn.cancel({ at: 'afterModel' })
  model.open()
  expect(await turn.result).toMatchObject({ status: 'cancelled', text: 'llm: hello' })
  expect((await session.messages()).map(({ content }) => content)).toEqual(['llm'])
})

test('a turn cancelled after the tools keeps what they did', async () => {
  const tools = gate()
  await using session = await openSession(agentWith({ tools }))
  const turn = session.send('hello')
  await tools.reached
  turn.cancel({ at: 'afterTools' })
  tools.open()
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  expect((await session.messages()).map(({ content }) => content)).toEqual(['llm', 'tools'])
})

test('where nothing of that kind is at work it is cancelled at once', async () => {
  const tools = gate()
  await using session = await openSession(agentWith({ tools }))
  const turn = session.send('hello')
  await tools.reached
  turn.cancel({ at: 'afterModel' })
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  expect((await session.messages()).map(({ content }) => content)).toEqual(['llm'])
})

test('it is not forgotten when the session is stopped before', async () => {
  const tools = gate()
  const store = testStore()
  const first = await openSession(agentWith({ tools }), { id: 's', store })
  first.send('hello', { id: 'key' })
  await tools.reached
  first.cancel(undefined, { at: 'afterTools' })
  await first.stop()
  await using session = await openSession(agentWith({}), { id: 's', store })
  expect(await session.send('hello', { id: 'key' }).result).toMatchObject({ status: 'cancelled' })
  expect((await session.messages()).map(({ content }) => content)).toEqual(['llm', 'tools'])
})

test('a turn that came to its end by itself has completed', async () => {
  const model = gate()
  const agent = defineAgent({
    id: 'solo',
    version: 1,
    nodes: {
      model: defineNode({
        kind: 'llm',
        input: z.json(),
        emits: { said: Text },
        async run(_event, runtime) {
          await model.pass()
          runtime.emit('said', { text: 'done' })
        },
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'model' },
      { from: 'model', on: 'said', to: 'output' },
    ],
  })
  await using session = await openSession(agent)
  const turn = session.send('hello')
  await model.reached
  turn.cancel({ at: 'afterModel' })
  model.open()
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'done' })
})
