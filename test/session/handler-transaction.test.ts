import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineAgent, defineNode, openSession } from '../setup/engine.ts'
import { gate, settled } from '../setup/gate.ts'
import { played, relayAgent, soloAgent, Text } from './agents.ts'

test('emits, state and messages take effect together when the handler returns', async () => {
  const half = gate()
  const agent = relayAgent(
    async (text, runtime) => {
      runtime.emit('said', { text })
      runtime.setState({ text })
      runtime.append({ role: 'assistant', content: text })
      await half.pass()
    },
    () => {},
  )
  await using session = await openSession(agent)
  const outputs: unknown[] = []
  session.on('output', ({ data }) => outputs.push(data))
  const turn = session.send('hello')
  await half.reached
  await settled()
  expect(outputs).toEqual([])
  expect(await session.messages()).toEqual([])
  expect((await session.snapshot()).snapshot).not.toHaveProperty('children.first.snapshot.state')
  half.open()
  await turn.result
  expect(outputs).toEqual([{ text: 'hello' }])
  expect(await session.messages()).toEqual([{ role: 'assistant', content: 'hello' }])
  expect((await session.snapshot()).snapshot).toHaveProperty('children.first.snapshot.state', { text: 'hello' })
})

test('a handler sees what it did itself: state, messages and the window with them', async () => {
  const agent = soloAgent(async (text, runtime) => {
    runtime.setState({ text })
    const id = runtime.append({ role: 'user', content: text })
    const window = await runtime.window({ limit: 2 })
    const messages = await runtime.messages(window)
    runtime.emit('said', {
      text: JSON.stringify([runtime.getState(), window.ids.at(-1) === id, messages.map(({ content }) => content)]),
    })
  })
  await using session = await openSession(agent)
  await session.send('one').result
  await session.send('two').result
  const { text } = await session.send('three').result
  expect(JSON.parse(text)).toEqual([{ text: 'three' }, true, ['two', 'three']])
})

test('a handler that fails leaves nothing but its usage and what was transient', async () => {
  const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3, calls: 1 }
  const agent = soloAgent((text, runtime) => {
    runtime.emit('chunk', { text })
    runtime.emit('said', { text })
    runtime.setState({ text })
    runtime.append({ role: 'assistant', content: text })
    runtime.addUsage(usage)
    throw new Error('broken')
  })
  await using session = await openSession(agent)
  const outputs: string[] = []
  session.on('output', ({ type }) => outputs.push(type))
  expect(await session.send('hello').result).toMatchObject({ status: 'failed', usage, text: '' })
  expect(outputs).toEqual(['chunk'])
  expect(await session.messages()).toEqual([])
  expect((await session.snapshot()).snapshot).not.toHaveProperty('children.worker.snapshot.state')
})

test('what a handler does to the state that it was given stays its own until it sets it', async () => {
  const agent = soloAgent((text, runtime) => {
    const state = (runtime.getState() ?? { list: [] }) as { list: string[] }
    state.list.push(text)
    if (text === 'break') throw new Error('broken')
    runtime.setState(state)
    state.list.push('after')
    runtime.emit('said', { text: JSON.stringify(runtime.getState()) })
  })
  await using session = await openSession(agent)
  await session.send('one').result
  await session.send('break').result
  expect(await session.send('two').result).toMatchObject({ text: '{"list":["one","two"]}' })
})

test('what a node does to an event is not seen by the other targets', async () => {
  const seen: unknown[] = []
  const mutate = (data: unknown): void => {
    seen.push(JSON.stringify(data))
    ;(data as { text: string }).text = 'changed'
  }
  const taker = defineNode({ input: Text, emits: {}, run: (event) => mutate(event.data) })
  const giver = defineNode({
    input: Text,
    emits: { said: Text },
    run: (event, runtime) => runtime.emit('said', event.data),
  })
  const agent = defineAgent({
    id: 'shared',
    version: 1,
    nodes: { giver, one: taker, two: taker },
    edges: [
      {
        from: 'input',
        on: 'user_input',
        to: 'giver',
        map: (content) => ({ text: typeof content === 'string' ? content : '' }),
      },
      { from: 'giver', on: 'said', to: ['one', 'two', 'output'] },
    ],
  })
  await using session = await openSession(agent as never)
  const outputs: unknown[] = []
  session.on('output', ({ data }) => outputs.push(data))
  await session.send('hello').result
  expect(seen).toEqual(['{"text":"hello"}', '{"text":"hello"}'])
  expect(outputs).toEqual([{ text: 'hello' }])
})

test('a handler of a transient event may emit transient events only', async () => {
  const agent = defineAgent({
    id: 'transients',
    version: 1,
    nodes: {
      worker: played((text, runtime) => runtime.emit('chunk', { text })),
      reader: played((text, runtime) => {
        runtime.emit('chunk', { text: `${text}!` })
        runtime.emit('said', { text })
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'chunk', to: 'reader' },
      { from: 'reader', on: 'chunk', to: 'output' },
      { from: 'reader', on: 'said', to: 'output' },
    ],
  })
  await using session = await openSession(agent as never)
  const outputs: unknown[] = []
  session.on('output', ({ data, transient }) => outputs.push([data, transient]))
  expect(await session.send('hello').result).toMatchObject({
    status: 'failed',
    error: { code: 'invalid_emit', node: 'reader' },
  })
  expect(outputs).toEqual([[{ text: 'hello!' }, true]])
})

test.each(['nonsense', 'constructor', 'error', 'toString'])(
  "an event '%s' that a node does not declare is refused",
  async (type) => {
    await using session = await openSession(soloAgent((_text, runtime) => runtime.emit(type as never, {} as never)))
    expect(await session.send('hello').result).toMatchObject({ status: 'failed', error: { code: 'invalid_emit' } })
  },
)

test('an emit that comes after the handler has returned has no effect', async () => {
  const late: (() => void)[] = []
  const agent = soloAgent((text, runtime) => {
    late.push(() => {
      runtime.emit('said', { text: 'late' })
      runtime.emit('chunk', { text: 'late' })
      runtime.append({ role: 'assistant', content: 'late' })
      runtime.setState('late')
      runtime.addUsage({ inputTokens: 1, outputTokens: 1, totalTokens: 2, calls: 1 })
    })
    runtime.emit('said', { text })
  })
  await using session = await openSession(agent)
  const outputs: unknown[] = []
  session.on('output', ({ data }) => outputs.push(data))
  expect(await session.send('one').result).toMatchObject({ text: 'one' })
  late[0]?.()
  const second = session.send('two')
  late[0]?.()
  expect(await second.result).toMatchObject({ text: 'two', usage: { calls: 0 } })
  await settled()
  expect(outputs).toEqual([{ text: 'one' }, { text: 'two' }])
  expect(await session.messages()).toEqual([])
})

test('what a handler does to data and messages after it has handed them over changes nothing', async () => {
  const giver = defineNode({
    input: z.any(),
    emits: { said: z.any() },
    run(_event, runtime) {
      const data = { text: 'given', list: [1] }
      const message = { role: 'user' as const, content: 'given' }
      runtime.emit('said', data)
      runtime.append(message)
      data.text = 'changed'
      data.list.push(2)
      message.content = 'changed'
    },
  })
  const taker = defineNode({
    input: z.any(),
    emits: {},
    run: (event) => void (event.data as { list: number[] }).list.push(3),
  })
  const agent = defineAgent({
    id: 'handed_over',
    version: 1,
    nodes: { giver, one: taker, two: taker },
    edges: [
      { from: 'input', on: 'user_input', to: 'giver' },
      { from: 'giver', on: 'said', to: ['one', 'two', 'output'] },
    ],
  })
  await using session = await openSession(agent as never)
  const outputs: unknown[] = []
  session.on('output', ({ data }) => outputs.push(data))
  await session.send('hello').result
  expect(outputs).toEqual([{ text: 'given', list: [1] }])
  expect(await session.messages()).toEqual([{ role: 'user', content: 'given' }])
})

test('a key __proto__ in state is a key like any other', async () => {
  const state = JSON.parse('{"__proto__":{"admin":true}}') as { admin?: boolean }
  const agent = soloAgent((text, runtime) => {
    if (text === 'set') runtime.setState(state as never)
    const read = runtime.getState() as { admin?: boolean }
    runtime.emit('said', { text: JSON.stringify([read, read.admin ?? null]) })
  })
  await using session = await openSession(agent)
  expect((await session.send('set').result).text).toBe('[{"__proto__":{"admin":true}},null]')
  expect((await session.send('get').result).text).toBe('[{"__proto__":{"admin":true}},null]')
})

test('whatever one tries to do to messages that were read, the transcript stays what it is', async () => {
  const change = (messages: readonly { content: unknown }[]): void => {
    for (const message of messages) {
      try {
        message.content = 'changed'
      } catch {
        // They may be frozen.
      }
    }
  }
  const agent = soloAgent(async (text, runtime) => {
    runtime.append({ role: 'user', content: text })
    const window = await runtime.window()
    change(await runtime.messages(window))
    const again = await runtime.messages(window)
    runtime.emit('said', { text: JSON.stringify(again.map(({ content }) => content)) })
  })
  await using session = await openSession(agent)
  await session.send('one').result
  expect(await session.send('two').result).toMatchObject({ text: '["one","two"]' })
  change(await session.messages())
  expect((await session.messages()).map(({ content }) => content)).toEqual(['one', 'two'])
})
