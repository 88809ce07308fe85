import { defineAgent, defineNode, joinNode, openSession, z } from 'troupe'
import { describe, expect, expectTypeOf, test } from 'vitest'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'

const Hits = z.object({ hits: z.array(z.string()) })
const Entry = z.object({ entry: z.string() })
const join = () => joinNode({ branches: { search: Hits, lookup: Entry } })

const split = defineNode({
  input: z.string(),
  emits: { asked: z.object({ term: z.string() }) },
  run: (event, runtime) => runtime.emit('asked', { term: event.data }),
})
const search = defineNode({
  input: z.object({ term: z.string() }),
  emits: { found: Hits },
  run: (event, runtime) => runtime.emit('found', { hits: [`${event.data.term} 1`, `${event.data.term} 2`] }),
})
const lookup = defineNode({
  input: z.object({ term: z.string() }),
  emits: { looked_up: Entry },
  run: (event, runtime) => runtime.emit('looked_up', { entry: event.data.term.toUpperCase() }),
})

test('branches that an edge fanned out to are joined, turn by turn', async () => {
  const agent = defineAgent({
    id: 'joined',
    version: 1,
    nodes: { split, search, lookup, join: join() },
    edges: [
      { from: 'input', on: 'user_input', to: 'split', map: String },
      { from: 'split', on: 'asked', to: ['search', 'lookup'] },
      { from: 'search', on: 'found', to: 'join' },
      { from: 'lookup', on: 'looked_up', to: 'join' },
      {
        from: 'join',
        on: 'branches_joined',
        to: ['output'],
        when: {
          name: 'has_hits',
          test: (data) => {
            expectTypeOf(data).toEqualTypeOf<{ search: { hits: string[] }; lookup: { entry: string } }>()
            return data.search.hits.length > 0
          },
        },
      },
    ],
  })
  await using session = await openSession(agent)
  const outputs: unknown[] = []
  session.on('output', ({ data }) => outputs.push(data))
  await Promise.all([session.send('tea').result, session.send('milk').result])
  expect(outputs).toEqual([
    { search: { hits: ['tea 1', 'tea 2'] }, lookup: { entry: 'TEA' } },
    { search: { hits: ['milk 1', 'milk 2'] }, lookup: { entry: 'MILK' } },
  ])
  expect(
    session
      .trace()
      .slice(0, 6)
      .map(({ from, to }) => `${from}>${to}`),
  ).toEqual(['input>split', 'split>search', 'split>lookup', 'search>join', 'lookup>join', 'join>output'])
})

describe('a join', () => {
  const id = (turn: number, event: number): string => `s/0.${turn}.${event}`

  test('keeps turns apart', async () => {
    const runtime = fakeRuntime(join())
    await runtime.handle({ hits: ['a'] }, { from: 'search', id: id(1, 1) })
    await runtime.handle({ entry: 'B' }, { from: 'lookup', id: id(2, 1) })
    expect(runtime.emitted).toEqual([])
    await runtime.handle({ entry: 'A' }, { from: 'lookup', id: id(1, 2) })
    expect(runtime.dataOf('branches_joined')).toEqual([{ search: { hits: ['a'] }, lookup: { entry: 'A' } }])
    expect(runtime.state).toEqual([{ traceId: 's/0.2', data: { lookup: { entry: 'B' } } }])
  })

  test('takes the newest data of a branch, and begins anew after it has joined', async () => {
    const runtime = fakeRuntime(join())
    await runtime.handle({ entry: 'old' }, { from: 'lookup', id: id(1, 1) })
    await runtime.handle({ entry: 'new' }, { from: 'lookup', id: id(1, 2) })
    await runtime.handle({ hits: [] }, { from: 'search', id: id(1, 3) })
    await runtime.handle({ hits: ['b'] }, { from: 'search', id: id(1, 4) })
    expect(runtime.dataOf('branches_joined')).toEqual([{ search: { hits: [] }, lookup: { entry: 'new' } }])
    await runtime.handle({ entry: 'next' }, { from: 'lookup', id: id(1, 5) })
    expect(runtime.dataOf('branches_joined')[1]).toEqual({ search: { hits: ['b'] }, lookup: { entry: 'next' } })
    expect(runtime.state).toEqual([])
  })

  test('forgets the oldest of more than 16 partial joins', async () => {
    const runtime = fakeRuntime(join())
    for (let turn = 1; turn <= 17; turn++)
      await runtime.handle({ entry: `${turn}` }, { from: 'lookup', id: id(turn, 1) })
    expect(runtime.state).toHaveLength(16)
    await runtime.handle({ hits: [] }, { from: 'search', id: id(1, 2) })
    expect(runtime.emitted).toEqual([])
    await runtime.handle({ hits: [] }, { from: 'search', id: id(17, 2) })
    expect(runtime.dataOf('branches_joined')).toEqual([{ search: { hits: [] }, lookup: { entry: '17' } }])
  })

  test('refuses another node, and data of another branch', async () => {
    const runtime = fakeRuntime(join(), { nodeId: 'join' })
    await expect(runtime.handle({ entry: 'a' }, { from: 'web' })).rejects.toThrow(
      `'web' is none of its branches (search, lookup).`,
    )
    await expect(runtime.handle({ entry: 'a' }, { from: 'search' })).rejects.toMatchObject({ code: 'invalid_input' })
    expect(runtime.state).toBeUndefined()
  })

  test('needs two branches, with names that nodes can have', () => {
    expect(() => joinNode({ branches: { search: Hits } })).toThrow('give it two or more')
    expect(() => joinNode({ branches: { search: Hits, 'Look up': Entry } })).toThrow(`branch 'Look up' must match`)
  })
})
