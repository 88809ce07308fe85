/**
 * LangGraph's tutorial "Agent supervisor" (examples/multi_agent/agent_supervisor.ipynb): a supervisor picks the worker that
 * acts next, or ends; each worker is a ReAct agent that sees the whole conversation and reports to it. Here it is 88
 * lines of code; there 107, without the chart tool and the uses.
 */
import {
  agentNode,
  decisionNode,
  defineAgent,
  defineNode,
  defineTool,
  memoryNode,
  MessageWindow,
  textOf,
  z,
  type Tool,
} from 'troupe'
import { reactAgent } from './react-agent.ts'

const search = defineTool({
  name: 'search',
  description: 'Searches the web.',
  parameters: z.object({ query: z.string() }),
  run: () => 'GDP of the UK in trillions: 2021 3.14, 2022 3.09, 2023 3.34',
})

/** Draws as far as a terminal can: the scenario is about who draws when, not about pixels. */
const chart = defineTool({
  name: 'generate_bar_chart',
  description: 'Generates a bar chart from an array of data points.',
  parameters: z.object({ data: z.array(z.object({ label: z.string(), value: z.number() })) }),
  run: ({ data }) => data.map(({ label, value }) => `${label} ${'#'.repeat(Math.round(value))}`).join('\n'),
})

const Task = z.object({ text: z.string() })

/** Shows a worker the conversation so far. */
const brief = defineNode({
  input: z.object({ window: MessageWindow }),
  emits: { task: Task },
  async run({ data }, runtime) {
    const messages = await runtime.messages(data.window)
    runtime.emit('task', { text: messages.map((message) => textOf(message.content ?? '')).join('\n') })
  },
})

/** Says in the conversation what a worker came to. */
const report = (name: string) =>
  defineNode({
    input: Task,
    emits: { reported: z.object({ window: MessageWindow, text: z.string() }) },
    async run({ data: { text } }, runtime) {
      runtime.append({ role: 'user', content: `${name}: ${text}` })
      runtime.emit('reported', { window: await runtime.window(), text })
    },
  })

const worker = (id: string, tool: Tool, system: string) => agentNode(reactAgent(id, [tool], system), { input: Task })

export const supervisedTeam = defineAgent({
  id: 'supervised_team',
  version: 1,
  nodes: {
    memory: memoryNode(),
    supervisor: decisionNode({
      system:
        'You are a supervisor tasked with managing a conversation between workers. Given the conversation, respond with the worker to act next. Each worker will perform a task and respond with their results and status.',
      routes: {
        researcher: 'searches the web for information',
        chart_generator: 'draws charts of data',
        finish: 'the request is dealt with',
      },
    }),
    researcher_brief: brief,
    researcher: worker('researcher', search, 'You are a web researcher. Search for what the chart generator needs.'),
    researcher_report: report('Researcher'),
    chart_brief: brief,
    chart_generator: worker('chart_generator', chart, 'You draw charts of the data of the researcher.'),
    chart_report: report('ChartGenerator'),
    last_word: defineNode({
      input: z.object({ window: MessageWindow }),
      emits: { finished: Task },
      async run({ data }, runtime) {
        const last = (await runtime.messages(data.window)).at(-1)
        runtime.emit('finished', { text: textOf(last?.content ?? '') })
      },
    }),
  },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'supervisor' },
    { from: 'supervisor', on: 'route', to: 'researcher_brief', when: 'researcher' },
    { from: 'researcher_brief', on: 'task', to: 'researcher' },
    { from: 'researcher', on: 'agent_result', to: 'researcher_report' },
    { from: 'researcher_report', on: 'reported', to: 'supervisor' },
    { from: 'supervisor', on: 'route', to: 'chart_brief', when: 'chart_generator' },
    { from: 'chart_brief', on: 'task', to: 'chart_generator' },
    { from: 'chart_generator', on: 'agent_result', to: 'chart_report' },
    { from: 'chart_report', on: 'reported', to: 'supervisor' },
    { from: 'supervisor', on: 'route', to: 'last_word', when: 'finish' },
    { from: 'last_word', on: 'finished', to: 'output' },
  ],
})
