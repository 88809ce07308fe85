import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { defineNode } from '../../src/agent/define-node.ts'
import { UserInput } from '../../src/core/payloads.ts'

const run = (): void => {}
const node = (payload: z.ZodType, kind = 'node') =>
  defineNode({ input: UserInput, emits: { done: payload }, kind, run })
const text = z.object({ text: z.string() })
const start = { from: 'input', on: 'user_input', to: ['a', 'b'] } as const
const hash = (
  nodes: Record<'a' | 'b', ReturnType<typeof node>>,
  ...edges: { from: 'a' | 'b'; on: 'done'; to: 'output' }[]
) => defineAgent({ id: 'hashed', version: 1, nodes, edges: [start, ...edges] }).hash

test('the hash is the same for the same structure, in whatever order it is written', () => {
  const a = { from: 'a', on: 'done', to: 'output' } as const
  const b = { from: 'b', on: 'done', to: 'output' } as const
  const first = hash({ a: node(text), b: node(text) }, a, b)
  expect(first).toMatch(/^[0-9a-f]{16}$/)
  expect(hash({ b: node(text), a: node(z.object({ text: z.string() })) }, b, a)).toBe(first)
})

test('another payload, kind, signal or edge is another structure', () => {
  const base = { id: 'hashed', version: 1, nodes: { a: node(text), b: node(text) }, edges: [start] } as const
  const hashes = [
    defineAgent(base).hash,
    defineAgent({ ...base, inputs: { approve: text } }).hash,
    hash({ a: node(z.object({ text: z.number() })), b: node(text) }),
    hash({ a: node(text, 'llm'), b: node(text) }),
    hash({ a: node(text), b: node(text) }, { from: 'a', on: 'done', to: 'output' }),
  ]
  expect(new Set(hashes).size).toBe(hashes.length)
})
