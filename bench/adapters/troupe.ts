/** Troupe, through its public names, as somebody would write this agent who brings a model of their own. */
import { defineAgent, defineNode, MessageWindow, openSession, textOf, z, type Inspector } from 'troupe'
import { lookUp, scriptedModel, streamedPieces, type LookupArguments } from '../conversation.ts'
import type { EngineOptions, StoringEngine } from './adapter.ts'

const Windowed = z.object({ window: MessageWindow })
const Call = z.object({ id: z.string(), name: z.string(), args: z.object({ q: z.string() }) })
const Calls = z.object({ window: MessageWindow, calls: z.array(Call) })
const Results = z.object({ window: MessageWindow, results: z.array(z.object({ id: z.string(), content: z.string() })) })
const Answer = z.object({ text: z.string(), window: MessageWindow })
const Piece = z.object({ text: z.string() })

export const troupe = { name: 'Troupe', open: (options: EngineOptions) => openTroupe(options) }

/** The engine, with an inspector that is there when one is given. */
export function openTroupe(options: EngineOptions, inspector?: Inspector): StoringEngine {
  const stored = { ...(options.store ? { store: options.store } : {}), ...(inspector ? { inspector } : {}) }
  const loop = toolLoop(options)
  const streamer = streamingAgent(options)
  return {
    async turn(id, text) {
      const session = await openSession(loop, { id, ...stored })
      const { text: answer } = await session.send(text).result
      await session.stop()
      return answer
    },
    async stream(id, text, onPiece) {
      const session = await openSession(streamer, { id, ...stored })
      for await (const { type, data } of session.send(text))
        if (type === 'llm_chunk') onPiece((data as { text: string }).text)
      await session.stop()
    },
    async openThread(id) {
      const session = await openSession(loop, { id, ...stored })
      return {
        turn: async (text) => (await session.send(text).result).text,
        stop: () => session.stop(),
      }
    },
  }
}

/** The agent of the tool loop. */
export function toolLoop({ rounds, delay }: EngineOptions) {
  const model = scriptedModel(rounds, delay)
  const memory = defineNode({
    input: z.string(),
    emits: { memory_ready: Windowed },
    async run({ data }, runtime) {
      runtime.append({ role: 'user', content: data })
      runtime.emit('memory_ready', { window: await runtime.window() })
    },
  })
  const llm = defineNode({
    input: Windowed,
    emits: { tool_call: Calls, llm_result: Answer },
    async run({ data: { window } }, runtime) {
      const answer = await model(await runtime.messages(window))
      const next = extended(window, runtime.append(answer))
      if (answer.tool_calls) {
        const calls = answer.tool_calls.map(({ id, function: { name, arguments: args } }) => ({
          id,
          name,
          args: JSON.parse(args) as LookupArguments,
        }))
        runtime.emit('tool_call', { window: next, calls })
      } else {
        runtime.emit('llm_result', { text: answer.content ?? '', window: next })
      }
    },
  })
  const tools = defineNode({
    input: Calls,
    emits: { tool_result: Results },
    async run({ data: { window, calls } }, runtime) {
      const ids: string[] = []
      const results: z.infer<typeof Results>['results'] = []
      for (const { id, args } of calls) {
        const content = await lookUp(args)
        ids.push(runtime.append({ role: 'tool', tool_call_id: id, content }))
        results.push({ id, content })
      }
      runtime.emit('tool_result', { window: extended(window, ...ids), results })
    },
  })
  return defineAgent({
    id: 'tool_loop',
    version: 1,
    nodes: { memory, llm, tools },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory', map: textOf },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'tool_call', to: 'tools' },
      { from: 'tools', on: 'tool_result', to: 'llm' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
}

const extended = (window: MessageWindow, ...ids: string[]): MessageWindow => ({
  ...window,
  ids: [...window.ids, ...ids],
})

function streamingAgent({ pieces }: EngineOptions) {
  const speaker = defineNode({
    input: z.string(),
    emits: { llm_chunk: Piece, llm_result: Piece },
    transient: ['llm_chunk'],
    async run(_event, runtime) {
      for await (const text of streamedPieces(pieces)) runtime.emit('llm_chunk', { text })
      runtime.emit('llm_result', { text: '' })
    },
  })
  return defineAgent({
    id: 'speaker',
    version: 1,
    nodes: { speaker },
    edges: [
      { from: 'input', on: 'user_input', to: 'speaker', map: textOf },
      { from: 'speaker', on: 'llm_chunk', to: 'output' },
      { from: 'speaker', on: 'llm_result', to: 'output' },
    ],
  })
}
