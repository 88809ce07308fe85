import { expect, test } from 'vitest'
import {
  agentNode,
  defineAgent,
  defineNode,
  mapNode,
  memoryNode,
  memoryStore,
  openIndex,
  openSession,
  SessionPool,
  WindowData,
  z,
  type Agent,
  type StoredIndex,
} from 'troupe'

/** Tells its memory several things in one turn, so that some fall out of the window. */
function remembering(index: StoredIndex): Agent {
  const facts = ['I live in Lisbon.', 'Tea is better.', 'The bicycle is red.']
  const prompter = defineNode({
    input: WindowData,
    emits: { fact: z.string(), told: z.object({ text: z.string() }) },
    state: z.number(),
    run(_event, runtime) {
      const count = runtime.getState() ?? 0
      runtime.setState(count + 1)
      const fact = facts[count]
      if (fact === undefined) runtime.emit('told', { text: 'all' })
      else runtime.emit('fact', fact)
    },
  })
  return defineAgent({
    id: 'remembering',
    version: 1,
    nodes: { memory: memoryNode({ window: 1, recall: { index } }), prompter },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'prompter' },
      { from: 'prompter', on: 'fact', to: 'memory' },
      { from: 'prompter', on: 'told', to: 'output' },
    ],
  }) as unknown as Agent
}

function outer(index: StoredIndex): Agent {
  return defineAgent({
    id: 'outer',
    version: 1,
    nodes: {
      helper: agentNode(remembering(index)),
      each: mapNode({ item: z.string(), each: remembering(index), concurrency: 2 }),
    },
    edges: [
      {
        from: 'input',
        on: 'user_input',
        to: ['helper', { node: 'each', map: () => ({ items: ['My cat is Tom.', 'My dog is Rex.'] }) }],
      },
      { from: 'helper', on: 'agent_result', to: 'output' },
      { from: 'each', on: 'map_result', to: 'output' },
    ],
  }) as unknown as Agent
}

const places = ['helper/0/memory', 'each/0/memory', 'each/1/memory']

async function kept(index: StoredIndex, sessionId: string): Promise<number[]> {
  return Promise.all(places.map(async (place) => (await index.hashes(`${sessionId}/${place}`)).size))
}

test('deleting a session deletes what the agents inside of it put into an index', async () => {
  await using index = Object.assign(openIndex('memory:'), { [Symbol.asyncDispose]: () => index.close() })
  await using pool = new SessionPool({ agents: [outer(index)], store: memoryStore() })
  for (const id of ['a', 'b']) {
    await pool.create('outer', { id })
    expect(await (await pool.send(id, 'My name is Ada.')).result).toMatchObject({ status: 'completed' })
  }
  const before = await kept(index, 'b')
  expect(Math.min(...before)).toBeGreaterThan(0)
  await pool.delete('a')
  expect(await kept(index, 'a')).toEqual([0, 0, 0])
  expect(await kept(index, 'b')).toEqual(before)
})

test('so does stopping one that is stored nowhere', async () => {
  const index = openIndex('memory:')
  const session = await openSession(outer(index), { id: 'nowhere' })
  await session.send('My name is Ada.').result
  expect(Math.min(...(await kept(index, 'nowhere')))).toBeGreaterThan(0)
  await session.stop()
  expect(await kept(index, 'nowhere')).toEqual([0, 0, 0])
  await index.close()
})
