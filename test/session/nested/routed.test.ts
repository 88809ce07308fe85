import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineAgent, defineNode, openSession } from '../../setup/engine.ts'
import type { Agent } from '../../setup/engine.ts'
import { around } from './agents.ts'

test('a node inside of another agent is told what its own agent takes of it', async () => {
  const told: boolean[] = []
  const Said = z.object({ text: z.string() })
  const inner = defineAgent({
    id: 'inner',
    version: 1,
    nodes: {
      worker: defineNode({
        input: z.string(),
        emits: { said: Said, unheard: Said },
        run(event, runtime) {
          told.push(runtime.isRouted('said'), runtime.isRouted('unheard'))
          runtime.emit('said', { text: event.data })
        },
      }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker', map: (content) => JSON.stringify(content) },
      { from: 'worker', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(around(inner))
  await session.send('hello').result
  expect(told).toEqual([true, false])
})
