import OpenAI from 'openai'
import { defineAgent, defineTool, llmNode, memoryNode, openSession, z, type Session } from 'troupe'
import { hold, startModelServer, type ModelServer, type Script } from 'troupe/testing'
import { expect, test } from 'vitest'
import { gate } from '../setup/gate.ts'
import { toolLoop } from '../setup/tool-loop.ts'

const chat = defineAgent({
  id: 'chat',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode() },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

/** A session that talks to the server by HTTP, with the real client. */
async function sessionWith(server: ModelServer, agent: Parameters<typeof openSession>[0] = chat): Promise<Session> {
  const client = new OpenAI({ apiKey: 'none', baseURL: server.baseURL, maxRetries: 0, logLevel: 'off' })
  return openSession(agent, { client, model: 'scripted' })
}

/** A model that streams a word, waits at a gate, and is asked again for the turn after. */
function stuckModel(): { script: Script; stuck: ReturnType<typeof hold> } {
  const stuck = hold()
  return { stuck, script: [{ text: ['Once ', stuck, 'upon'] }, 'Fine.'] }
}

test('cancelling a turn closes the request of its model, and the next turn works', async () => {
  const { script, stuck } = stuckModel()
  await using server = await startModelServer(script)
  await using session = await sessionWith(server)
  const turn = session.send('hello')
  await stuck.reached
  expect(server.openRequests).toBe(1)
  turn.cancel()
  expect(await turn.result).toMatchObject({ status: 'cancelled', text: '' })
  await server.idle()
  expect(server).toMatchObject({ openRequests: 0, abortedRequests: 1 })
  expect(await session.send('again').result).toMatchObject({ status: 'completed', text: 'Fine.' })
})

test('stopping a session closes the request of its model', async () => {
  const { script, stuck } = stuckModel()
  await using server = await startModelServer(script)
  const session = await sessionWith(server)
  const turn = session.send('hello')
  await stuck.reached
  await session.stop()
  await expect(turn.result).rejects.toMatchObject({ code: 'session_stopped' })
  await server.idle()
  expect(server).toMatchObject({ openRequests: 0, abortedRequests: 1 })
})

test('a request that has no answer yet is closed as well', async () => {
  const stuck = hold()
  await using server = await startModelServer([{ text: 'never', hold: stuck }])
  await using session = await sessionWith(server)
  const turn = session.send('hello')
  await stuck.reached
  turn.cancel()
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  await server.idle()
  expect(server).toMatchObject({ openRequests: 0, abortedRequests: 1 })
})

test('cancelling a turn aborts the tools that run at the same time, and its model is not asked again', async () => {
  const running = [gate(), gate()]
  const aborted: string[] = []
  const wait = (name: string, at: number) =>
    defineTool({
      name,
      description: 'Waits',
      parameters: z.object({}),
      run: async (_args, { signal }) => {
        void running[at]?.pass()
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        aborted.push(name)
      },
    })
  const tools = [wait('first', 0), wait('second', 1)] as const
  const agent = toolLoop('tool_chat', tools)
  await using server = await startModelServer([{ toolCalls: [{ name: 'first' }, { name: 'second' }] }, 'Never mind.'])
  await using session = await sessionWith(server, agent)
  const turn = session.send('go')
  await Promise.all(running.map(({ reached }) => reached))
  turn.cancel()
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  await session.send('and now?').result
  expect(aborted.toSorted()).toEqual(['first', 'second'])
  expect(server.requests).toHaveLength(2)
  // The model is told that the calls got no result.
  expect(server.requests[1]?.messages.filter(({ role }) => role === 'tool')).toHaveLength(2)
  await server.idle()
  expect(server).toMatchObject({ openRequests: 0, abortedRequests: 0 })
})

test('many turns cancelled in the middle of their streams leave no request open', async () => {
  const gates = Array.from({ length: 10 }, () => hold())
  await using server = await startModelServer(gates.map((each) => ({ text: ['a', each, 'b'] })))
  const sessions = await Promise.all(gates.map(() => sessionWith(server)))
  const turns = sessions.map((session) => session.send('hello'))
  await Promise.all(gates.map(({ reached }) => reached))
  expect(server.openRequests).toBe(10)
  for (const turn of turns) turn.cancel()
  await Promise.all(turns.map(({ result }) => result))
  await server.idle()
  expect(server).toMatchObject({ openRequests: 0, abortedRequests: 10 })
  await Promise.all(sessions.map((session) => session.stop()))
})
