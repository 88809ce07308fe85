import { assign } from 'xstate'
import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineAgent, defineNode, openSession, setupAgent, textOf, type Agent } from '../setup/engine.ts'
import type { Message } from '../../src/core/messages.ts'
import { echo, played, soloAgent, Text } from './agents.ts'

const cyclic: Record<string, unknown> = {}
cyclic['self'] = cyclic
const bad = [
  ['a date', { at: new Date(0) }, '$.at'],
  ['a map', { list: [new Map()] }, '$.list[0]'],
  ['a function', { call: () => 1 }, '$.call'],
  ['a big integer', { count: 1n }, '$.count'],
  ['not a number', { deep: { count: NaN } }, '$.deep.count'],
  ['a circle', cyclic, '$.self'],
  ['bytes', { audio: new Uint8Array(2) }, '$.audio'],
  ['an instance', { error: new Error('x') }, '$.error'],
] as const

/** An agent whose worker does something with a value that is no JSON. */
function agentThat(act: (runtime: { emit: (type: string, data: unknown) => void }) => void): Agent {
  const worker = defineNode({
    input: z.string(),
    emits: { said: z.any(), chunk: z.any(), fine: Text },
    transient: ['chunk'],
    run(event, runtime) {
      if (event.data === 'break') act(runtime as never)
      else runtime.emit('fine', { text: event.data })
    },
  })
  return defineAgent({
    id: 'loose',
    version: 1,
    nodes: { worker },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker', map: textOf },
      { from: 'worker', on: 'said', to: 'output' },
      { from: 'worker', on: 'chunk', to: 'output' },
      { from: 'worker', on: 'fine', to: 'output' },
    ],
  }) as unknown as Agent
}

test.each(bad)('an emitted event with %s is refused, naming the path', async (_what, value, path) => {
  await using session = await openSession(agentThat((runtime) => runtime.emit('said', value)))
  const { status, error } = await session.send('break').result
  expect({ status, code: error?.code }).toEqual({ status: 'failed', code: 'not_json' })
  expect(error?.message).toContain(`at ${path}:`)
  expect(await session.send('fine').result).toMatchObject({ status: 'completed' })
})

test.each(bad)('a transient event with %s is refused, naming the path', async (_what, value, path) => {
  await using session = await openSession(agentThat((runtime) => runtime.emit('chunk', value)))
  expect((await session.send('break').result).error?.message).toContain(`at ${path}:`)
})

test.each(bad)('state with %s is refused, naming the path', async (_what, value, path) => {
  await using session = await openSession(soloAgent((_text, runtime) => runtime.setState(value as never)))
  const { error } = await session.send('break').result
  expect(error).toMatchObject({ code: 'not_json', message: expect.stringContaining(`at ${path}:`) as string })
})

test('a message that is no JSON is refused, naming the path', async () => {
  const message = { role: 'user', content: 'hi', at: new Date(0) } as Message
  await using session = await openSession(soloAgent((_text, runtime) => void runtime.append(message)))
  const { error } = await session.send('break').result
  expect(error).toMatchObject({ code: 'not_json', message: expect.stringContaining('at $.at:') as string })
  expect(await session.messages()).toEqual([])
})

test('what a map makes of an event is refused when it is no JSON, naming the path', async () => {
  const agent = defineAgent({
    id: 'mapped',
    version: 1,
    nodes: { worker: played(echo) },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'said', to: [{ node: 'output', map: () => ({ at: new Date(0) }) }] },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent)
  const { status, error } = await session.send('hello').result
  expect(status).toBe('failed')
  expect(error?.message).toContain('at $.at:')
})

test('context that an assignment makes no JSON is refused, naming the path, and stays what it was', async () => {
  const chart = setupAgent({
    id: 'loose_context',
    version: 1,
    nodes: { worker: played(echo) },
    inputs: { spoil: z.null() },
    types: {} as { context: { since: { at: unknown } } },
  })
  const agent = chart.createAgent({
    context: { since: { at: 0 } },
    on: { 'input.spoil': { actions: assign({ since: () => ({ at: new Date(0) }) }) as never } },
  }) as unknown as Agent
  await using session = await openSession(agent)
  const { status, error } = await (await session.signal('spoil')).result
  expect(status).toBe('failed')
  expect(error?.message).toContain('at $.since.at:')
  expect((await session.snapshot()).snapshot).toMatchObject({ context: { since: { at: 0 } } })
})

test('a session whose initial context is no JSON does not open', async () => {
  const chart = setupAgent({
    id: 'loose_start',
    version: 1,
    nodes: { worker: played(echo) },
    types: {} as { context: { since: Date } },
  })
  const agent = chart.createAgent({ context: { since: new Date(0) } }) as unknown as Agent
  await expect(openSession(agent)).rejects.toMatchObject({
    code: 'not_json',
    message: expect.stringContaining('at $.since:') as string,
  })
})

test('parts of a message that no schema knows do not get in', async () => {
  const seen: unknown[] = []
  const agent = defineAgent({
    id: 'parts',
    version: 1,
    nodes: {
      worker: {
        ...played(echo),
        handler: { style: 'run', run: (event: { data: unknown }) => void seen.push(event.data) },
      },
    },
    edges: [{ from: 'input', on: 'user_input', to: 'worker' }],
  } as never) as unknown as Agent
  await using session = await openSession(agent)
  const parts = [{ type: 'text' as const, text: 'hi', at: new Date(0) }]
  const turn = session.send(parts)
  ;(parts[0] as { text: string }).text = 'changed'
  await turn.result
  expect(seen).toEqual([[{ type: 'text', text: 'hi' }]])
})
