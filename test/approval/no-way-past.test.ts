import { expect, test } from 'vitest'
import { defineAgent, defineNode, openSession, toolNode, z } from 'troupe'
import { fakeRuntime } from 'troupe/testing'
import { paymentTools, type Done } from './payments.ts'

const planner = defineNode({
  input: z.union([z.string(), z.array(z.any())]),
  emits: { planned: z.object({ bill: z.string() }) },
  run: (_event, runtime) => runtime.emit('planned', { bill: 'rent' }),
})
const window = { ids: [], prepend: [], text: '' }

test('a call that a map makes waits, too, and only at the node with the tool', async () => {
  const done: Done = []
  const heard: unknown[] = []
  const audit = defineNode({
    input: z.object({ bill: z.string() }),
    emits: {},
    run: ({ data }) => void heard.push(data),
  })
  const agent = defineAgent({
    id: 'planned_payments',
    version: 1,
    nodes: { planner, audit, tools: toolNode({ tools: paymentTools(done) }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'planner' },
      {
        from: 'planner',
        on: 'planned',
        to: [
          'audit',
          {
            node: 'tools',
            map: ({ bill }) => ({ window, calls: [{ id: 'c1', name: 'pay' as const, args: { bill } }] }),
          },
        ],
      },
      { from: 'tools', on: 'tool_result', to: 'output' },
    ],
  })
  await using session = await openSession(agent)
  expect(await session.send('Go').result).toMatchObject({ status: 'waiting', pending: [{ undecided: ['c1'] }] })
  expect(heard).toEqual([{ bill: 'rent' }])
  expect(done).toEqual([])
  await (
    await session.signal('approve', { callId: 'c1' })
  ).result
  expect(done[0]).toBe('pay rent 10')
})

test('a node that is run without a session refuses a call that nobody approved', async () => {
  const done: Done = []
  const runtime = fakeRuntime(toolNode({ tools: paymentTools(done) }))
  const call = { id: 'c1', name: 'pay' as const, args: { bill: 'rent' } }
  await runtime.handle({ window, calls: [call] })
  await runtime.handle({ window, calls: [{ ...call, approved: true }] } as never)
  expect(runtime.dataOf('tool_result').map(({ results }) => results)).toEqual([
    [
      {
        id: 'c1',
        isError: true,
        content: "Error: a call of 'pay' needs the approval of a person, and nobody was asked.",
      },
    ],
    [{ id: 'c1', content: 'rent is paid.' }],
  ])
  expect(done[0]).toBe('pay rent 10')
})
