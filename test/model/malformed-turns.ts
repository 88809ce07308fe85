import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import fc from 'fast-check'
import { expect } from 'vitest'
import { z } from 'zod'
import { defineAgent } from '../../src/agent/define-agent.ts'
import type { Message } from '../../src/core/messages.ts'
import type { TurnResult } from '../../src/core/turn.ts'
import { modelClient } from '../../src/model/client.ts'
import { decisionNode } from '../../src/nodes/decision-node.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { memoryNode } from '../../src/nodes/memory-node.ts'
import { defineTool } from '../../src/nodes/tool.ts'
import { toolNode } from '../../src/nodes/tool-node.ts'
import { openSession } from '../../src/session/open.ts'
import type { Session } from '../../src/session/session.ts'
import { malformedAnswer, type MalformedAnswer } from './malformed-bodies.ts'

/** How often turns ended in which way. */
export interface MalformedReport {
  readonly turns: number
  /** By the code of the error; `completed` without one. */
  readonly ends: ReadonlyMap<string, number>
}

const look = defineTool({
  name: 'look',
  description: 'Looks.',
  parameters: z.object({ a: z.number() }),
  run: () => 'seen',
})
const tools = [look]
const start = { from: 'input', on: 'user_input', to: 'memory' } as const
const ask = { from: 'memory', on: 'memory_ready', to: 'llm' } as const
const answers = [
  { from: 'llm', on: 'llm_chunk', to: 'output' },
  { from: 'llm', on: 'llm_result', to: 'output' },
] as const
const rounds = [
  { from: 'llm', on: 'tool_call', to: 'tools' },
  { from: 'tools', on: 'tool_result', to: 'llm' },
] as const
const base = { version: 1, limits: { maxToolRounds: 2 } }
const memory = memoryNode({ window: 6 })

/** Streamed, whole, as data, and by the Responses API. */
const agents = [
  defineAgent({
    ...base,
    id: 'chat',
    nodes: { memory, llm: llmNode({ tools, reasoning: true }), tools: toolNode({ tools }) },
    edges: [start, ask, ...answers, ...rounds, { from: 'llm', on: 'reasoning_chunk', to: 'output' }],
  }),
  defineAgent({
    ...base,
    id: 'responses',
    nodes: { memory, llm: llmNode({ tools, api: 'responses' }), tools: toolNode({ tools }) },
    edges: [start, ask, ...answers, ...rounds],
  }),
  defineAgent({
    ...base,
    id: 'data',
    nodes: { memory, llm: llmNode({ output: z.object({ item: z.string() }), outputRetries: 1 }) },
    edges: [start, ask, ...answers, { from: 'llm', on: 'refusal', to: 'output' }],
  }),
  defineAgent({
    ...base,
    id: 'decides',
    nodes: { memory, router: decisionNode({ routes: { chat: 'all' }, retries: 1 }) },
    edges: [
      start,
      { from: 'memory', on: 'memory_ready', to: 'router' },
      { from: 'router', on: 'route', to: 'output', when: 'chat' },
    ],
  }),
]

/** An agent, and what it gets; now and then an answer of the other API. */
const malformedCase = fc
  .tuple(fc.nat(agents.length - 1), fc.nat(9))
  .chain(([index, other]) =>
    fc.tuple(
      fc.constant(index),
      malformedAnswer((agents[index]?.id === 'responses') === other > 0 ? 'responses' : 'chat'),
    ),
  )

/** Asks agents of every kind of a server that answers so; after each such turn comes one with a sound answer. */
export async function runMalformedTurns(numRuns: number, seed: number): Promise<MalformedReport> {
  let malformed: MalformedAnswer | undefined
  const faults: unknown[] = []
  const server = createServer((request, response) => {
    respond(request, response, malformed).catch((error: unknown) => {
      faults.push(error)
      response.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`
  const client = modelClient({ baseURL, maxRetries: 0, environment: {} })
  const sessions = await Promise.all(agents.map((agent) => openSession(agent, { client, model: 'm' })))
  const ends = new Map<string, number>()
  let turns = 0
  try {
    await fc.assert(
      fc.asyncProperty(malformedCase, async ([index, answer]) => {
        const session = sessions[index] as Session
        malformed = answer
        const result = await session.send('go on').result
        malformed = undefined
        turns++
        const end = endOf(result)
        ends.set(end, (ends.get(end) ?? 0) + 1)
        const next = await session.send('and now?').result
        expect({ status: next.status, error: next.error }).toEqual({ status: 'completed', error: null })
        expect(faults).toEqual([])
      }),
      { numRuns, seed },
    )
    return { turns, ends }
  } finally {
    await Promise.all(sessions.map((session) => session.stop()))
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

/** A turn is completed, or failed with a code that says what to do. */
function endOf({ status, error, usage }: TurnResult): string {
  expect(['completed', 'failed']).toContain(status)
  expect(Object.values(usage).every((count: unknown) => Number.isFinite(count) && (count as number) >= 0)).toBe(true)
  if (status === 'completed') return status
  expect(error?.code).toMatch(/^(model_|no_decision$|invalid_output$|empty_answer$|max_tool_rounds$|limit)/)
  return error?.code ?? ''
}

const soundText = '{"item":"apple","route":"chat"}'

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  malformed: MalformedAnswer | undefined,
): Promise<void> {
  const body = JSON.parse(await text(request)) as { stream: boolean; messages?: Message[] }
  assertConversation(body.messages ?? [])
  if (!malformed) {
    sound(request, response, body.stream)
    return
  }
  const { status, headers, pieces, ending } = malformed
  response.writeHead(status, headers)
  for (const piece of pieces) await new Promise<void>((resolve) => response.write(piece, () => resolve()))
  if (ending === 'end') response.end()
  else response.destroy()
}

function sound(request: IncomingMessage, response: ServerResponse, stream: boolean): void {
  const answer = request.url?.endsWith('/responses')
    ? { type: 'response.completed', response: { status: 'completed', output: [messageItem] } }
    : { choices: [{ index: 0, [stream ? 'delta' : 'message']: { content: soundText }, finish_reason: 'stop' }] }
  response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' })
  response.end(stream ? `data: ${JSON.stringify(answer)}\n\n` : JSON.stringify(answer))
}

const messageItem = { type: 'message', content: [{ type: 'output_text', text: soundText }] }

/** Whatever the model said before, servers accept the conversation: calls with readable arguments, each with a result. */
function assertConversation(messages: readonly Message[]): void {
  const open: string[] = []
  for (const message of messages) {
    if (message.role === 'tool')
      expect(open.splice(open.indexOf(message.tool_call_id), 1)).toEqual([message.tool_call_id])
    else expect(open).toEqual([])
    if (message.role !== 'assistant') continue
    for (const call of message.tool_calls ?? []) {
      expect(JSON.parse(call.function.arguments)).toBeTypeOf('object')
      open.push(call.id)
    }
  }
  expect(open).toEqual([])
}
