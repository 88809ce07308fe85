import { z } from 'zod'
import { expect, test } from 'vitest'
import type { AgentLimits } from '../../../src/core/limits.ts'
import { mapNode } from '../../../src/nodes/map-node.ts'
import { defineAgent, openSession, type Agent } from '../../setup/engine.ts'
import { relayAgent, type Play } from '../agents.ts'
import { around } from './agents.ts'

const used = { inputTokens: 5, outputTokens: 5, totalTokens: 10, calls: 1 }

/** Two nodes that ask each other for ever, each time with a call of a model. */
function endless(notes: string[], limits: AgentLimits = {}): Agent {
  const asks: Play = (text, runtime) => {
    notes.push('call')
    runtime.addUsage(used)
    runtime.emit('asked', { text })
  }
  const { nodes } = relayAgent(asks, asks)
  return defineAgent({
    id: 'endless',
    version: 1,
    nodes,
    edges: [
      { from: 'input', on: 'user_input', to: 'first' },
      { from: 'first', on: 'asked', to: 'second' },
      { from: 'second', on: 'asked', to: 'first' },
    ],
    limits,
  } as never) as unknown as Agent
}

test('a budget of the outer turn ends the work of nested sessions at every depth', async () => {
  const notes: string[] = []
  const agent = { ...around(around(endless(notes), 'middle')), limits: { maxModelCalls: 3 } }
  await using session = await openSession(agent, { id: 's' })
  expect(await session.send('go').result).toMatchObject({
    status: 'failed',
    usage: { calls: 3 },
    error: { code: 'limit_reached', message: expect.stringContaining('maxModelCalls') as string },
  })
  expect(notes).toHaveLength(3)
})

test('so does that of the outer session, and what is not begun is not begun', async () => {
  const notes: string[] = []
  const agent = defineAgent({
    id: 'outer',
    version: 1,
    nodes: {
      each: mapNode({
        item: z.string(),
        each: relayAgent(
          (text, runtime) => {
            notes.push(text)
            runtime.addUsage(used)
            runtime.emit('said', { text })
          },
          () => {},
        ),
        concurrency: 1,
        onError: 'collect',
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: [{ node: 'each', map: () => ({ items: ['a', 'b', 'c', 'd'] }) }] },
      { from: 'each', on: 'map_result', to: 'output' },
    ],
    limits: { maxSessionTokens: 20 },
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's' })
  const turn = session.send('go')
  const outputs: unknown[] = []
  for await (const { data } of turn) outputs.push(data)
  expect(notes).toEqual(['a', 'b'])
  expect(outputs).toMatchObject([
    {
      results: [
        { text: 'a' },
        { text: 'b' },
        { error: { code: 'limit_reached' } },
        { error: { code: 'limit_reached' } },
      ],
    },
  ])
  expect(session.usage).toMatchObject({ calls: 2, totalTokens: 20 })
})

test('its own budget ends the work of an inner agent, and the outer turn may go on', async () => {
  const notes: string[] = []
  const agent = around(endless(notes, { maxTokens: 40 }))
  await using session = await openSession(agent, { id: 's' })
  expect(await session.send('go').result).toMatchObject({ status: 'failed', usage: { totalTokens: 40 } })
  expect(notes).toHaveLength(4)
})
