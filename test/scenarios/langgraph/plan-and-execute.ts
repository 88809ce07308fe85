/**
 * LangGraph's tutorial "Plan-and-Execute" (examples/plan-and-execute, 146 lines of code): a planner makes a plan, a ReAct
 * agent does one step after the other, and after each a replanner changes what is left of the plan or answers. Here it
 * is 72; what the tutorial keeps in its graph's state, the node `plan` keeps in its own.
 */
import { agentNode, defineAgent, defineNode, defineTool, llmNode, memoryNode, MessageWindow, z } from 'troupe'
import { reactAgent } from './react-agent.ts'

const search = defineTool({
  name: 'search',
  description: 'Searches the web.',
  parameters: z.object({ query: z.string() }),
  run: ({ query }) => (/open/i.test(query) ? 'Jannik Sinner won the 2024 Australian Open.' : 'Sinner is from Sexten.'),
})

const steps = z.array(z.string()).describe('different steps to follow, should be in sorted order')
const instructions =
  'For the given objective, come up with a simple step by step plan of individual tasks that, if executed correctly, yield the correct answer. The result of the final step should be the final answer. Do not add superfluous steps, and do not skip any.'

const PlanState = z.object({
  objective: z.string(),
  steps: z.array(z.string()),
  past: z.array(z.tuple([z.string(), z.string()])),
})

/** What the tutorial has as the state of its graph: objective, plan and past steps. */
const plan = defineNode({
  input: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('planned'), objective: z.string(), steps }),
    z.object({ kind: z.literal('done'), text: z.string() }),
    z.object({ kind: z.literal('replanned'), steps }),
  ]),
  state: PlanState,
  emits: { step: z.object({ text: z.string() }), past: z.object({ window: MessageWindow }) },
  run({ data }, runtime) {
    const state = runtime.getState() ?? { objective: '', steps: [], past: [] }
    const [task = '', ...left] = state.steps
    if (data.kind === 'planned') runtime.setState({ objective: data.objective, steps: data.steps, past: [] })
    if (data.kind === 'replanned') runtime.setState({ ...state, steps: data.steps })
    if (data.kind !== 'done') return runtime.emit('step', { text: data.steps[0] ?? state.objective })
    const past: [string, string][] = [...state.past, [task, data.text]]
    runtime.setState({ ...state, steps: left, past })
    const content = `Your objective was this:\n${state.objective}\n\nYour plan was this:\n${left.join('\n')}\n\nYou have done these steps:\n${past.map((each) => each.join(': ')).join('\n')}`
    const id = runtime.append({ role: 'user', content }, { aside: true })
    runtime.emit('past', { window: { ids: [id], prepend: [], text: content } })
  },
})

export const planAndExecute = defineAgent({
  id: 'plan_and_execute',
  version: 1,
  nodes: {
    memory: memoryNode(),
    planner: llmNode({ system: instructions, output: z.object({ steps }) }),
    plan,
    agent: agentNode(reactAgent('executor', [search]), { input: z.object({ text: z.string() }) }),
    replanner: llmNode({
      system: `${instructions}\n\nUpdate the plan: only steps that still need to be done. When none is needed any more, respond to the user.`,
      output: z.object({ response: z.string().nullable(), steps }),
    }),
  },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'planner' },
    {
      from: 'planner',
      on: 'llm_result',
      to: 'plan',
      map: ({ output, window }) => ({ kind: 'planned' as const, objective: window.text, steps: output.steps }),
    },
    { from: 'plan', on: 'step', to: 'agent' },
    { from: 'agent', on: 'agent_result', to: 'plan', map: ({ text }) => ({ kind: 'done' as const, text }) },
    { from: 'plan', on: 'past', to: 'replanner' },
    {
      from: 'replanner',
      on: 'llm_result',
      to: 'plan',
      when: { name: 'goesOn', test: ({ output }) => output.response === null },
      map: ({ output }) => ({ kind: 'replanned' as const, steps: output.steps }),
    },
    { from: 'replanner', on: 'llm_result', to: 'output', map: ({ output }) => ({ text: output.response ?? '' }) },
  ],
})
