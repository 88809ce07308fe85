import { openSession, setupAgent, z, type Agent } from 'troupe'
import { expect, test } from 'vitest'
import { memoryStore } from '../../src/store/memory-store.ts'
import { echo, played } from './agents.ts'

const chart = setupAgent({
  id: 'signalled',
  version: 1,
  nodes: { worker: played(echo) },
  inputs: { poke: z.string() },
})
const agent = chart.createAgent({
  on: {
    'input.poke': { actions: chart.deliver('worker', (text: string) => ({ text })) },
    'worker.said': { actions: chart.deliver('output') },
  },
}) as unknown as Agent

test('a repeated signal with the same id does nothing but join its turn, also after a restart', async () => {
  const store = memoryStore()
  const first = await openSession(agent, { id: 's', store })
  const turn = await first.signal('poke', 'one', { id: 'k' })
  expect((await turn.result).text).toBe('one')
  expect(await first.signal('poke', 'one', { id: 'k' })).toBe(turn)
  await first.stop()
  await using second = await openSession(agent, { id: 's', store })
  const again = await second.signal('poke', 'one', { id: 'k' })
  expect((await again.result).text).toBe('one')
  expect(again.traceId).toBe(turn.traceId)
  expect((await store.log.read('s')).filter(({ event }) => event.from === 'input')).toHaveLength(1)
})
