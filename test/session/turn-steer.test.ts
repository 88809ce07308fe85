import OpenAI from 'openai'
import { defineTool, openSession, z } from 'troupe'
import { hold, startModelServer } from 'troupe/testing'
import { expect, test } from 'vitest'
import { gate } from '../setup/gate.ts'
import { testStore } from '../setup/test-store.ts'
import { memoryStore } from '../../src/store/memory-store.ts'
import { toolLoop } from '../setup/tool-loop.ts'

/** An agent whose tool waits at a gate. */
function lookupAgent(door: { pass(): Promise<void> }) {
  const lookup = defineTool({
    name: 'lookup',
    description: 'Looks it up.',
    parameters: z.object({}),
    idempotent: true,
    run: async () => {
      await door.pass()
      return 'found'
    },
  })
  const tools = [lookup] as const
  return toolLoop('lookup', tools)
}

const clientOf = (baseURL: string) => new OpenAI({ apiKey: 'none', baseURL, maxRetries: 0, logLevel: 'off' })

test('an input that steers is in the next request of the model, behind the results of the tools', async () => {
  const door = gate()
  await using server = await startModelServer([{ toolCalls: [{ name: 'lookup' }] }, 'In French: trouvé.', 'Bye.'])
  const store = memoryStore()
  await using session = await openSession(lookupAgent(door), {
    id: 's',
    store,
    client: clientOf(server.baseURL),
    model: 'scripted',
    turnPolicy: 'steer',
  })
  const turn = session.send('Look it up')
  await door.reached
  const steer = session.send('Answer in French', { id: 'key' })
  await steer.accepted
  expect(session.send('Answer in French', { id: 'key' })).toBe(steer)
  door.open()
  const result = await turn.result
  expect(result).toMatchObject({ status: 'completed', text: 'In French: trouvé.' })
  expect(await steer.result).toEqual(result)
  expect(server.requests).toHaveLength(2)
  expect(server.requests[1]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user'])
  expect((await session.messages()).map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user', 'assistant'])
  const log = await store.log.read('s', { after: 0 })
  expect(log.find(({ event }) => event.type === 'steer')).toMatchObject({
    event: { from: 'input', data: 'Answer in French', traceId: turn.traceId },
    to: ['llm'],
  })
  expect(await session.send('Thanks').result).toMatchObject({ text: 'Bye.' })
})

test('one that no call of the model took along begins a turn of its own', async () => {
  const stuck = hold()
  await using server = await startModelServer([{ text: ['First', stuck, '.'] }, 'Second.'])
  await using session = await openSession(lookupAgent(gate()), { client: clientOf(server.baseURL), model: 'scripted' })
  const turn = session.send('one')
  await stuck.reached
  const steer = session.send('two', { policy: 'steer' })
  await steer.accepted
  stuck.release()
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'First.' })
  expect(await steer.result).toMatchObject({ status: 'completed', text: 'Second.', traceId: steer.traceId })
})

test('one that waits when the session is stopped joins the turn after the restore', async () => {
  const door = gate()
  await using server = await startModelServer([{ toolCalls: [{ name: 'lookup' }] }, 'Done.'])
  const store = testStore()
  const options = { id: 's', store, client: clientOf(server.baseURL), model: 'scripted' }
  const first = await openSession(lookupAgent(door), options)
  first.send('Look it up', { id: 'a' })
  await door.reached
  await first.send('Be brief', { id: 'b', policy: 'steer' }).accepted
  await first.stop()
  const open = gate()
  open.open()
  await using session = await openSession(lookupAgent(open), options)
  expect(await session.send('Look it up', { id: 'a' }).result).toMatchObject({ status: 'completed', text: 'Done.' })
  expect(await session.send('Be brief', { id: 'b' }).result).toMatchObject({ traceId: 's/0.1', text: 'Done.' })
  expect(server.requests).toHaveLength(2)
})
