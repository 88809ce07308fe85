import { expectTypeOf, test } from 'vitest'
import { z } from 'zod'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { defineNode } from '../../src/agent/define-node.ts'
import type { MessageWindow } from '../../src/core/messages.ts'
import type { NodeDefinition } from '../../src/core/node.ts'
import { decisionNode } from '../../src/nodes/decision-node.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import type { Agent } from '../../src/agent/agent.ts'
import { mapNode } from '../../src/nodes/map-node.ts'
import { memoryNode } from '../../src/nodes/memory-node.ts'
import { teamNode } from '../../src/nodes/team-node.ts'
import { ragNode } from '../../src/nodes/rag-node.ts'
import { toolNode } from '../../src/nodes/tool-node.ts'
import { defineTool, type Tool } from '../../src/nodes/tool.ts'
import { sttNode } from '../../src/nodes/stt-node.ts'
import { ttsNode } from '../../src/nodes/tts-node.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'

type EventsOf<Node> = Node extends NodeDefinition<infer _Input, infer Emits> ? keyof Emits : never
type DataOf<Node, Event> =
  Node extends NodeDefinition<infer _Input, infer Emits>
    ? Event extends keyof Emits
      ? z.output<Emits[Event]>
      : never
    : never
type InputOf<Node> = Node extends NodeDefinition<infer Input, infer _Emits> ? z.input<Input> : never

const search = defineTool({
  name: 'search',
  description: 'Searches.',
  parameters: z.object({ query: z.string() }),
  needsApproval(args, context) {
    expectTypeOf(args).toEqualTypeOf<{ query: string }>()
    expectTypeOf(context.callId).toEqualTypeOf<string>()
    return true
  },
  run(args, context) {
    expectTypeOf(args).toEqualTypeOf<{ query: string }>()
    expectTypeOf(context.idempotencyKey).toEqualTypeOf<string>()
  },
})
const add = defineTool({
  name: 'add',
  description: 'Adds.',
  parameters: z.object({ a: z.number(), b: z.number().default(1) }),
  run: ({ a, b }) => a + b,
})
type Calls = (
  | { id: string; name: 'search'; args: { query: string } }
  | { id: string; name: 'add'; args: { a: number; b?: number | undefined } }
)[]

test('tool names and arguments are literal in tool_call', () => {
  const llm = llmNode({ tools: [search, add] })
  expectTypeOf<DataOf<typeof llm, 'tool_call'>>().toEqualTypeOf<{ window: MessageWindow; calls: Calls }>()
  expectTypeOf<EventsOf<typeof llm>>().toEqualTypeOf<'llm_chunk' | 'llm_result' | 'tool_call'>()
})

test('without tools there is no tool_call, without routes no route', () => {
  const plain = llmNode()
  const configured = llmNode({ system: 'x' })
  expectTypeOf<EventsOf<typeof plain>>().toEqualTypeOf<'llm_chunk' | 'llm_result'>()
  expectTypeOf<EventsOf<typeof configured>>().toEqualTypeOf<'llm_chunk' | 'llm_result'>()
})

test('tools that are known at run time only have a tool_call with any name', () => {
  const llm = llmNode({ tools: [] as Tool[] })
  expectTypeOf<DataOf<typeof llm, 'tool_call'>['calls'][number]['name']>().toEqualTypeOf<string>()
})

test('a tool node takes the calls of its tools and no others', () => {
  const tools = toolNode({ tools: [search, add] })
  expectTypeOf<InputOf<typeof tools>>().toEqualTypeOf<{ window: MessageWindow; calls: Calls }>()
  const few = toolNode({ tools: [search] })
  const llm = llmNode({ tools: [search, add] })
  expectTypeOf<DataOf<typeof llm, 'tool_call'>>().not.toExtend<InputOf<typeof few>>()
})

test('routes are a literal union', () => {
  const decision = decisionNode({ routes: { use_rag: 'a', chat: 'b' }, fallback: 'chat' })
  expectTypeOf<DataOf<typeof decision, 'route'>['route']>().toEqualTypeOf<'use_rag' | 'chat'>()
  const llm = llmNode({ routes: { refund: 'a', sales: 'b' } })
  expectTypeOf<DataOf<typeof llm, 'route'>['route']>().toEqualTypeOf<'refund' | 'sales'>()
  expectTypeOf<EventsOf<typeof llm>>().toEqualTypeOf<'llm_chunk' | 'llm_result' | 'route'>()
  // @ts-expect-error 'sales' is no route
  decisionNode({ routes: { chat: 'b' }, fallback: 'sales' })
})

test('an output is typed by its schema, and comes with a refusal', () => {
  const llm = llmNode({ output: z.object({ item: z.string(), count: z.number().default(1) }) })
  expectTypeOf<EventsOf<typeof llm>>().toEqualTypeOf<'llm_chunk' | 'llm_result' | 'refusal'>()
  expectTypeOf<DataOf<typeof llm, 'llm_result'>['output']>().toEqualTypeOf<{ item: string; count: number }>()
  expectTypeOf<DataOf<typeof llm, 'refusal'>['refusal']>().toEqualTypeOf<string>()
  const plain = llmNode()
  expectTypeOf<DataOf<typeof plain, 'llm_result'>>().not.toHaveProperty('output')
})

test('reasoning is an event where it is asked for', () => {
  const [thinking, silent] = [llmNode({ reasoning: true }), llmNode({ reasoning: false })]
  expectTypeOf<EventsOf<typeof thinking>>().toEqualTypeOf<'llm_chunk' | 'llm_result' | 'reasoning_chunk'>()
  expectTypeOf<EventsOf<typeof silent>>().toEqualTypeOf<'llm_chunk' | 'llm_result'>()
})

test('an output is wired on its type', () => {
  const Order = z.object({ item: z.string(), count: z.number() })
  const llm = llmNode({ output: Order })
  const ship = defineNode({ input: z.object({ output: Order }), emits: {}, run() {} })
  const count = defineNode({ input: z.object({ output: z.object({ count: z.string() }) }), emits: {}, run() {} })
  const start = { from: 'input', on: 'user_input', to: 'memory' } as const
  const ask = { from: 'memory', on: 'memory_ready', to: 'llm' } as const
  const nodes = { memory: memoryNode(), llm, ship, count }
  defineAgent({ id: 'orders', version: 1, nodes, edges: [start, ask, { from: 'llm', on: 'llm_result', to: 'ship' }] })
  // @ts-expect-error the count is a number
  defineAgent({ id: 'orders', version: 1, nodes, edges: [start, ask, { from: 'llm', on: 'llm_result', to: 'count' }] })
})

test('the built-in nodes fit each other', () => {
  const [memory, rag, tts, tools] = [
    memoryNode(),
    ragNode({ index: null as never }),
    ttsNode(),
    toolNode({ tools: [add] }),
  ]
  const [llm, decision] = [llmNode({ tools: [add] }), decisionNode({ routes: { a: 'a' } })]
  type Window = InputOf<typeof llm>
  expectTypeOf<DataOf<typeof memory, 'memory_ready'>>().toExtend<Window>()
  expectTypeOf<DataOf<typeof rag, 'documents'>>().toExtend<Window>()
  expectTypeOf<DataOf<typeof decision, 'route'>>().toExtend<Window>()
  expectTypeOf<DataOf<typeof tools, 'tool_result'>>().toExtend<Window>()
  expectTypeOf<DataOf<typeof llm, 'llm_result'>>().toExtend<Window>()
  expectTypeOf<DataOf<typeof llm, 'tool_call'>>().toExtend<InputOf<typeof tools>>()
  expectTypeOf<DataOf<typeof llm, 'llm_chunk'>>().toExtend<InputOf<typeof tts>>()
})

test('a team takes the calls of the model that is offered its tools, and nothing else', () => {
  const agent = null as never as Agent
  const team = teamNode({
    agents: {
      research: {
        agent,
        description: 'Looks a topic up.',
        parameters: z.object({ topic: z.string() }),
        map: (args) => {
          expectTypeOf(args).toEqualTypeOf<{ topic: string }>()
          return args.topic
        },
      },
      write: { agent, description: 'Writes.', map: ({ task }) => task },
    },
    tools: [add],
  })
  const llm = llmNode({ tools: team.tools })
  expectTypeOf<DataOf<typeof llm, 'tool_call'>['calls'][number]>().toEqualTypeOf<
    | { id: string; name: 'research'; args: { topic: string } }
    | { id: string; name: 'write'; args: { task: string } }
    | { id: string; name: 'add'; args: { a: number; b?: number | undefined } }
  >()
  expectTypeOf<DataOf<typeof llm, 'tool_call'>>().toExtend<InputOf<typeof team>>()
  const others = llmNode({ tools: [search] })
  expectTypeOf<DataOf<typeof others, 'tool_call'>>().not.toExtend<InputOf<typeof team>>()
})

test('a list is mapped to results of its kind', () => {
  const lengths = mapNode({ item: z.string(), output: z.number(), each: (word) => word.length })
  expectTypeOf<InputOf<typeof lengths>>().toEqualTypeOf<{ items: string[] }>()
  expectTypeOf<DataOf<typeof lengths, 'map_result'>['results'][number]['output']>().toEqualTypeOf<number | null>()
  // @ts-expect-error the function gives no number
  mapNode({ item: z.string(), output: z.number(), each: (word) => word })
})

test('speech fits a memory that keeps count of it, and no other', () => {
  const [memory, spoken, tts, stt] = [memoryNode(), memoryNode({ speech: true }), ttsNode(), sttNode()]
  type Audio = DataOf<typeof tts, 'audio'>
  type Stop = DataOf<typeof tts, 'speech_stopped'>
  expectTypeOf<Audio>().toExtend<InputOf<typeof spoken>>()
  expectTypeOf<DataOf<typeof tts, 'sentence_ready'>>().toExtend<InputOf<typeof spoken>>()
  expectTypeOf<Stop>().toExtend<InputOf<typeof spoken>>()
  expectTypeOf<Audio>().not.toExtend<InputOf<typeof memory>>()
  expectTypeOf<DataOf<typeof stt, 'transcript'>>().toExtend<InputOf<typeof memory>>()
  expectTypeOf<DataOf<typeof stt, 'transcript'>>().toExtend<InputOf<typeof spoken>>()
})

test('a fake runtime is typed by its node', () => {
  const runtime = fakeRuntime(llmNode({ tools: [add] }))
  expectTypeOf(runtime.emitted[0]?.type).toEqualTypeOf<'llm_chunk' | 'llm_result' | 'tool_call' | undefined>()
  expectTypeOf(runtime.dataOf('llm_result')[0]?.text).toEqualTypeOf<string | undefined>()
})

test('a tool node emits results, and progress as it is told', () => {
  const tools = toolNode({ tools: [search, add] })
  expectTypeOf<EventsOf<typeof tools>>().toEqualTypeOf<'tool_result' | 'tool_progress'>()
  expectTypeOf<DataOf<typeof tools, 'tool_progress'>['callId']>().toEqualTypeOf<string>()
})
