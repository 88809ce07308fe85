/** Child process of three-levels.test.ts: cancels a turn three levels deep, and prints what is left of it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { z } from 'zod'
import { defineAgent, defineTool, llmNode, memoryNode, openSession, teamNode, toolNode, type Agent } from 'troupe'
import { hold, startModelServer, type Script } from 'troupe/testing'

const stuck = hold()
const call = (id: string, name: string, task: string): object => ({ id, name, args: { task } })
const script = (({ messages }: { messages: readonly { role: string; content?: unknown }[] }) => {
  switch (messages.findLast(({ role }) => role === 'user')?.content) {
    case 'go':
      return { toolCalls: [call('c1', 'manager', 'manage')] }
    case 'manage':
      return { toolCalls: [call('c2', 'worker', 'read'), call('c3', 'worker', 'tell')] }
    case 'read':
      return { toolCalls: [call('c4', 'read_page', 'a'), call('c5', 'read_page', 'b')] }
    default:
      return { text: ['Once ', stuck, 'upon'] }
  }
}) as unknown as Script

const asked: string[] = []
const closed: string[] = []
let bothAsked = (): void => {}
let bothClosed = (): void => {}
const reading = new Promise<void>((resolve) => (bothAsked = resolve))
const given = new Promise<void>((resolve) => (bothClosed = resolve))
const pages = createServer(({ url = '' }, response) => {
  response.on('close', () => {
    if (closed.push(url) === 2) bothClosed()
  })
  if (asked.push(url) === 2) bothAsked()
})
await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve))
const { port } = pages.address() as AddressInfo

const readPage = defineTool({
  name: 'read_page',
  description: 'Reads a page.',
  parameters: z.object({ task: z.string() }),
  run: async ({ task }, { signal }) => (await fetch(`http://127.0.0.1:${port}/${task}`, { signal })).text(),
})

/** An agent that asks a model, and a node that does its calls. */
function asking(id: string, node: ReturnType<typeof toolNode>, tools: readonly unknown[]): Agent {
  return defineAgent({
    id,
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode({ tools: tools as never }), node },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'tool_call', to: 'node' },
      { from: 'node', on: 'tool_result', to: 'llm' },
      { from: 'llm', on: 'llm_chunk', to: 'output' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  } as never) as unknown as Agent
}

const worker = asking('worker', toolNode({ tools: [readPage] }), [readPage])
const workers = teamNode({ agents: { worker: { agent: worker, description: 'Works.' } } })
const manager = asking('manager', workers as never, workers.tools)
const managers = teamNode({ agents: { manager: { agent: manager, description: 'Manages.' } } })
const boss = asking('boss', managers as never, managers.tools)

const model = await startModelServer(script)
const client = new OpenAI({ apiKey: 'none', baseURL: model.baseURL, maxRetries: 0, logLevel: 'off' })
const session = await openSession(boss, { client, model: 'scripted' })
const turn = session.send('go')
await Promise.all([stuck.reached, reading])
const deep = Object.keys(session.nodeStates()['node']?.nodes?.['node/manager_0/node']?.nodes ?? {})
turn.cancel()
const { status } = await turn.result
await Promise.all([model.idle(), given])
const { abortedRequests, openRequests } = model
const states = Object.values(session.nodeStates()).map((state) => state.status)
await session.stop()
await model.close()
await new Promise((resolve) => pages.close(resolve))
// Sockets close in turns of the event loop of their own.
for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve))
const left = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap')
console.log(JSON.stringify({ status, deep, states, abortedRequests, openRequests, closed: closed.sort(), left }))
