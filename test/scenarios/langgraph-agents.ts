/**
 * The agents of LangGraph's tutorials, with the same meaning. Lines of code without blank ones and comments, LangGraph's
 * as in its documentation of 2025 (its imports included, calls and printing not; here without imports):
 *
 * | tutorial                         | LangGraph                  | here                           |
 * | -------------------------------- | -------------------------- | ------------------------------ |
 * | get-started/2-add-tools (ReAct)  | 61, with its own tool node | 24, search included            |
 * | multi_agent/agent_supervisor     | 51, all prebuilt           | 45 beside the ReAct agent      |
 * | get-started/4-human-in-the-loop  | 35                         | 39 beside the search           |
 * | plan-and-execute                 | not counted: a notebook    | 65 beside the ReAct agent      |
 */
import {
  agentNode,
  defineAgent,
  defineNode,
  defineTool,
  llmNode,
  memoryNode,
  MessageWindow,
  setupAgent,
  teamNode,
  toolNode,
  z,
  type Agent,
  type Tool,
} from 'troupe'

/** `create_react_agent`: the model calls tools until it answers. */
export function reactAgent(id: string, system: string, tools: readonly Tool[]): Agent {
  return defineAgent({
    id,
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode({ system, tools }), tools: toolNode({ tools }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'tool_call', to: 'tools' },
      { from: 'tools', on: 'tool_result', to: 'llm' },
      { from: 'llm', on: 'llm_chunk', to: 'output' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  } as never) as unknown as Agent
}

/** A search whose results the test gives. */
export function webSearch(find: (query: string) => string): Tool {
  return defineTool({
    name: 'web_search',
    description: 'Searches the web.',
    parameters: z.object({ query: z.string() }),
    idempotent: true,
    run: ({ query }) => find(query),
  }) as unknown as Tool
}

const numbers = z.object({ a: z.number(), b: z.number() })
const add = defineTool({ name: 'add', description: 'Adds.', parameters: numbers, run: ({ a, b }) => a + b })
const multiply = defineTool({
  name: 'multiply',
  description: 'Multiplies.',
  parameters: numbers,
  run: ({ a, b }) => a * b,
})
const divide = defineTool({ name: 'divide', description: 'Divides.', parameters: numbers, run: ({ a, b }) => a / b })

/** A supervisor that assigns work to a researcher and a mathematician. */
export function supervisorAgent(search: Tool) {
  const researcher = reactAgent('research', 'You are a research agent. Do not do any math. Answer with results only.', [
    search,
  ])
  const mathematician = reactAgent('math', 'You are a math agent. Answer with results only.', [
    add,
    multiply,
    divide,
  ] as unknown as Tool[])
  const team = teamNode({
    agents: {
      research_agent: { agent: researcher, description: 'Does research.' },
      math_agent: { agent: mathematician, description: 'Does math.' },
    },
  })
  return defineAgent({
    id: 'supervisor',
    version: 1,
    nodes: {
      memory: memoryNode(),
      llm: llmNode({
        system: 'You supervise a research agent and a math agent. Do no work yourself.',
        tools: team.tools,
      }),
      team,
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'tool_call', to: 'team' },
      { from: 'team', on: 'tool_result', to: 'llm' },
      { from: 'llm', on: 'llm_chunk', to: 'output' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  })
}

/** A chatbot that may ask a person: the turn waits, and what the person says is the result of the call. */
export function assistedAgent(search: Tool) {
  const humanAssistance = defineTool({
    name: 'human_assistance',
    description: 'Request assistance from a human.',
    parameters: z.object({ query: z.string() }),
    run: () => 'Nobody answered.',
  })
  const tools = [search, humanAssistance] as const
  const human = defineNode({
    input: z.object({ window: MessageWindow.optional(), callId: z.string().optional(), data: z.string().optional() }),
    emits: { assisted: z.object({ window: MessageWindow }) },
    async run(event, runtime) {
      const { callId = '', data = '' } = event.data
      runtime.append({ role: 'tool', tool_call_id: callId, content: data })
      runtime.emit('assisted', { window: await runtime.window() })
    },
  })
  const chart = setupAgent({
    id: 'assisted',
    version: 1,
    nodes: { memory: memoryNode(), llm: llmNode({ tools }), tools: toolNode({ tools }), human },
    inputs: { resume: z.object({ callId: z.string(), data: z.string() }) },
  })
  return chart.createAgent({
    on: {
      'input.user_input': { actions: chart.deliver('memory') },
      'memory.memory_ready': { actions: chart.deliver('llm') },
      'llm.tool_call': [
        { guard: chart.calls('human_assistance'), actions: chart.hold('human') },
        { actions: chart.deliver('tools') },
      ],
      'input.resume': { actions: [chart.drop('human'), chart.deliver('human')] },
      'human.assisted': { actions: chart.deliver('llm') },
      'tools.tool_result': { actions: chart.deliver('llm') },
      'llm.llm_chunk': { actions: chart.deliver('output') },
      'llm.llm_result': { actions: chart.deliver('output') },
    },
  })
}

/** A planner, an agent that executes one step after the other, and a replanner that goes on or answers. */
export function planAndExecuteAgent(search: Tool) {
  const executor = reactAgent('executor', 'You are a helpful assistant. Do the step that you are given.', [search])
  const plan = defineTool({
    name: 'plan',
    description: 'Sets the steps that are still to be done, in order.',
    parameters: z.object({ steps: z.array(z.string()).min(1) }),
    idempotent: true,
    run: ({ steps }) => ({ steps }),
  })
  const respond = defineTool({
    name: 'respond',
    description: 'Answers the user.',
    parameters: z.object({ response: z.string() }),
    run: () => 'Told.',
  })
  const required = { tool_choice: 'required' } as const
  const done = defineNode({
    input: z.object({ text: z.string() }),
    emits: { step_done: z.object({ window: MessageWindow }) },
    async run(event, runtime) {
      runtime.append({
        role: 'user',
        content: `The first step is done: ${event.data.text}\nUpdate the plan, or respond.`,
      })
      runtime.emit('step_done', { window: await runtime.window() })
    },
  })
  return defineAgent({
    id: 'plan_and_execute',
    version: 1,
    nodes: {
      memory: memoryNode(),
      planner: llmNode({ system: 'Make a simple plan, step by step.', tools: [plan], request: required }),
      replanner: llmNode({
        system: 'Keep the steps that are left, or respond.',
        tools: [plan, respond],
        request: required,
      }),
      plan: toolNode({ tools: [plan, respond] }),
      executor: agentNode(executor),
      done,
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'planner' },
      { from: 'planner', on: 'tool_call', to: 'plan' },
      {
        from: 'replanner',
        on: 'tool_call',
        to: 'output',
        when: { name: 'responds', test: ({ calls }) => calls[0]?.name === 'respond' },
        map: ({ calls }) => ({ text: (calls[0]?.args as { response: string }).response }),
      },
      { from: 'replanner', on: 'tool_call', to: 'plan' },
      {
        from: 'plan',
        on: 'tool_result',
        to: 'executor',
        map: ({ results }) => (JSON.parse(results[0]?.content ?? '') as { steps: [string] }).steps[0],
      },
      { from: 'executor', on: 'agent_result', to: 'done' },
      { from: 'done', on: 'step_done', to: 'replanner' },
    ],
  })
}
