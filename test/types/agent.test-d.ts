import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import type { Agent } from '../../src/agent/agent.ts'
import { defineAgent } from '../../src/agent/define-agent.ts'
import type { ContentPart } from '../../src/core/messages.ts'
import { exampleAgent } from '../agent/example-agent.ts'
import { audit, llm, memory, router } from '../agent/example-nodes.ts'

const base = {
  id: 'typed',
  version: 1,
  nodes: { memory, router, llm, audit },
  inputs: { approve: z.object({ by: z.string() }) },
} as const

test('functions of edges know the data of their event', () => {
  defineAgent({
    ...base,
    edges: [
      {
        from: 'input',
        on: 'user_input',
        to: ['memory', 'output'],
        when: {
          name: 'asked',
          test: (data) => {
            expectTypeOf(data).toEqualTypeOf<string | ContentPart[]>()
            return true
          },
        },
      },
      {
        from: 'input',
        on: 'approve',
        to: 'audit',
        map: (data) => {
          expectTypeOf(data).toEqualTypeOf<{ by: string }>()
          return { note: data.by }
        },
      },
      { from: 'router', on: 'route', to: 'llm', when: 'use_rag' },
      {
        from: 'router',
        on: 'route',
        to: [
          'llm',
          {
            node: 'audit',
            map: (data) => {
              expectTypeOf(data.route).toEqualTypeOf<'use_rag' | 'chat'>()
              return { note: data.route }
            },
          },
        ],
      },
      {
        from: 'llm',
        on: 'error',
        to: 'audit',
        when: {
          name: 'known',
          test: (data) => {
            expectTypeOf(data.code).toEqualTypeOf<string>()
            return true
          },
        },
        map: (data) => ({ note: data.message }),
      },
      {
        from: 'turn',
        on: 'limit_reached',
        to: 'audit',
        map: (data) => {
          expectTypeOf(data).toEqualTypeOf<{ limit: string; value: number }>()
          return { note: data.limit }
        },
      },
    ],
  })
})

test('an agent keeps the types of its nodes and signals, and is an agent of any', () => {
  expectTypeOf(exampleAgent.nodes.router).toEqualTypeOf(router)
  expectTypeOf(exampleAgent.inputs.note_sent).toExtend<z.ZodType<{ text: string }>>()
  expectTypeOf(exampleAgent).toExtend<Agent>()
})

test('edges that are made elsewhere are checked at run time', () => {
  const to: 'llm' | 'output' = 'llm'
  const edges: { from: 'memory'; on: 'memory_ready'; to: 'llm' | 'output' }[] = [
    { from: 'memory', on: 'memory_ready', to },
  ]
  defineAgent({ ...base, edges })
})
