import { z } from 'zod'
import { decisionNode, defineAgent, defineNode, memoryNode, openSession, MessageWindow } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { expect, test } from 'vitest'
import { hops } from './agents.ts'

const answer = (text: string) =>
  defineNode({
    input: z.object({ window: MessageWindow }),
    emits: { answered: z.object({ text: z.string() }) },
    run: (_event, runtime) => runtime.emit('answered', { text }),
  })

const agent = defineAgent({
  id: 'guarded',
  version: 1,
  nodes: {
    memory: memoryNode(),
    router: decisionNode({ routes: { sales: 'prices', support: 'defects' } }),
    sales: answer('sales'),
    support: answer('support'),
  },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'router' },
    { from: 'router', on: 'route', to: 'sales', when: 'sales' },
    { from: 'router', on: 'route', to: 'support', when: 'support' },
    { from: 'sales', on: 'answered', to: 'output' },
    { from: 'support', on: 'answered', to: 'output' },
  ],
})

test.each(['sales', 'support'] as const)('route by guard: the decision %s takes its own edge only', async (route) => {
  const model = scriptedModel([{ route }])
  await using session = await openSession(agent, { client: model.client })
  const { text } = await session.send('hello').result
  expect(text).toBe(route)
  expect(hops(session.trace())).toEqual(['input>memory', 'memory>router', `router>${route}`, `${route}>output`])
})

test('the routing is a guarded transition of the machine', () => {
  expect(agent.machine.config.on?.['router.route']).toMatchObject([
    { guard: { type: 'route', params: { route: 'sales' } } },
    { guard: { type: 'route', params: { route: 'support' } } },
  ])
})
