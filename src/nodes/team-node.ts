/** `teamNode`: agents that a model calls like tools, as many at a time as it asks for. */
import { z } from 'zod'
import type { Agent } from '../agent/agent.ts'
import { defineAgent } from '../agent/define-agent.ts'
import { defineDelegate } from '../agent/define-delegate.ts'
import { AgentDefinitionError } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import type { MessageWindow, UserContent } from '../core/messages.ts'
import type { DelegatedTask, NodeDefinition, Schema, TaskResult } from '../core/node.ts'
import { CallData, CallsData, ToolResultData, type CallResult } from '../core/payloads.ts'
import type { Supervision } from '../core/supervision.ts'
import type { Payload } from './payload.ts'
import { cutText } from './cut-text.ts'
import { readArguments, type Call } from './run-tool.ts'
import { defineTool, toolsByName, type CallOf, type Tool } from './tool.ts'
import { toolNode } from './tool-node.ts'

const Task = z.object({ task: z.string().describe('What is to be done, with all that has to be known for it.') })

/** The parameters of a member that declares none are those of a task. */
type ParametersOf<Parameters> = Parameters extends Schema
  ? Schema extends Parameters
    ? typeof Task
    : Parameters
  : typeof Task

/** An agent of a team, as the model is told of it. */
export interface TeamMember<Parameters = Schema> {
  readonly agent: Agent
  /** Tells the model what the agent does and when to call it. */
  readonly description: string
  /** Schema of the arguments of a call: a zod object that has a JSON form. Default: `{ task: string }`. */
  readonly parameters?: Parameters
  /** The message to the agent; it must always give the same for the same arguments. Default: `task`, else their JSON. */
  readonly map?: (args: z.output<ParametersOf<Parameters>>) => UserContent
}

/** Options of {@link teamNode}. */
export interface TeamNodeOptions<Members extends object, Tools extends readonly Tool[]> {
  /** By name: what the model calls, and what paths and inspectors show. */
  readonly agents: { readonly [Name in keyof Members]: TeamMember<Members[Name]> }
  /** Ordinary tools that are run beside them. */
  readonly tools?: Tools
  /** The most calls at work at the same time; the others wait for a free slot. Default: 4. */
  readonly slots?: number
  /** The most bytes of the result of a call, where its tool does not say so, a whole number from 1. Default: 65,536. */
  readonly maxResultBytes?: number
  /** No `retry`: a call that fails is a result, and it is for the model to call again, or for the nodes inside. */
  readonly supervision?: Pick<Supervision, 'timeout' | 'circuit'>
}

/** The tool by which a model calls an agent of a team. */
export type AgentTool<Name extends string, Parameters> = Tool<Name, ParametersOf<Parameters>>

type TeamTool<Members extends object, Tools extends readonly Tool[]> =
  { [Name in keyof Members & string]: AgentTool<Name, Members[Name]> }[keyof Members & string] | Tools[number]

/** `agent_chunk`: a piece of what an agent streams for a call; one of a higher `attempt` makes earlier ones void. */
export const AgentChunkData = z.object({
  callId: z.string(),
  agent: z.string(),
  text: z.string(),
  attempt: z.number(),
})
export type AgentChunkData = z.infer<typeof AgentChunkData>

/** The node that {@link teamNode} makes, with the tools that the model has to be offered. */
export type TeamNode<Members extends object, Tools extends readonly Tool[]> = NodeDefinition<
  Payload<{ window: MessageWindow; calls: CallOf<TeamTool<Members, Tools>>[] }>,
  { tool_result: typeof ToolResultData; agent_chunk: typeof AgentChunkData }
> & { readonly tools: readonly TeamTool<Members, Tools>[] }

/** A member, whatever its parameters are. */
type AnyMember = Pick<TeamMember, 'agent' | 'description' | 'parameters'> & {
  readonly map?: (args: never) => UserContent
}

/** What becomes of a call: a task, or a result at once. */
type Planned = { readonly task: DelegatedTask } | { readonly result: CallResult }
type PlannedCall = Planned & { readonly call: Call }

/**
 * A node that takes `tool_call` and lets the agents of a team do the calls, each in a new session of its own, at the same
 * time while there are slots. It appends one tool message per call and emits one `tool_result` in the order of the calls,
 * as `toolNode` does. `team.tools` are the tools to offer: `llmNode({ tools: team.tools })`.
 *
 * - The model decides at run time how many agents work on what; where it loops with an `llmNode` it is a supervisor.
 * - A call that is done is stored: a crash costs only what was at work. An agent that fails is a result with `isError`.
 * - While an agent waits for a person the turn does, once the others are through; see `agentNode`.
 * - What agents stream as `llm_chunk` leaves as `agent_chunk`.
 * - An agent that fails is no failure of the team: `supervision` is for what takes too long.
 *
 * @throws AgentDefinitionError when there are no agents, one is named `tools` beside tools, or `slots` is out of range;
 * ToolDefinitionError when two of all have the same name, or parameters have no JSON form.
 */
export function teamNode<const Members extends object, const Tools extends readonly Tool[] = []>(
  options: TeamNodeOptions<Members, Tools>,
): TeamNode<Members, Tools> {
  const members = options.agents as unknown as Readonly<Record<string, AnyMember>>
  const own = options.tools ?? []
  const { maxResultBytes = 65_536, supervision } = options
  const faults = [
    ...(own.length > 0 && Object.hasOwn(members, 'tools') ? ["with tools, no agent may be named 'tools'"] : []),
    ...(Number.isInteger(maxResultBytes) && maxResultBytes >= 1
      ? []
      : [`maxResultBytes is ${maxResultBytes}, not a whole number from 1`]),
    ...(supervision && 'retry' in supervision
      ? ['supervision.retry is not for a team, whose failed calls are results: supervise the nodes of its agents']
      : []),
  ]
  if (faults.length > 0) throw new AgentDefinitionError("a node of kind 'team'", faults)
  const agentTools = Object.entries(members).map(([name, member]) => agentTool(name, member))
  const known = toolsByName([...agentTools, ...own])

  /** Pure: a restored session asks again. */
  const plan = (call: Call): Planned => {
    const failed = (reason: string): Planned => ({
      result: { id: call.id, content: `Error: ${reason}`, isError: true },
    })
    if (call.rejected !== undefined) return failed(`this call was rejected and did not run. Reason: ${call.rejected}`)
    const member = Object.hasOwn(members, call.name) ? members[call.name] : undefined
    if (!member)
      return known.has(call.name)
        ? { task: { agent: 'tools', type: 'call', data: { ...call } as unknown as Json } }
        : failed(`there is no tool '${call.name}'. The tools are: ${[...known.keys()].join(', ')}.`)
    const read = readArguments(known.get(call.name) as Tool, call.args, (parameters, value) =>
      parameters.safeParse(value),
    )
    if ('fault' in read) return failed(read.fault)
    const map = (member.map ?? taskOf) as (args: unknown) => UserContent
    return { task: { agent: call.name, type: 'user_input', data: map(read.args) as Json } }
  }
  const plans = new WeakMap<object, readonly PlannedCall[]>()
  /** Asked for each piece that is streamed. */
  const planOf = (data: Json): readonly PlannedCall[] => {
    const { calls } = data as unknown as { calls: readonly Call[] }
    let planned = plans.get(calls)
    if (!planned) plans.set(calls, (planned = calls.map((call) => ({ call, ...plan(call) }))))
    return planned
  }

  const node = defineDelegate({
    kind: 'team',
    supervision,
    input: CallsData,
    emits: { tool_result: ToolResultData, agent_chunk: AgentChunkData },
    transient: ['agent_chunk'],
    describe: { tools: [...known.keys()] },
    delegation: {
      agents: {
        ...Object.fromEntries(Object.entries(members).map(([name, { agent }]) => [name, agent])),
        ...(own.length > 0 ? { tools: toolsAgent(own, maxResultBytes) } : {}),
      },
      slots: options.slots ?? 4,
      failsFast: false,
      tasks: (data) => planOf(data).flatMap((planned) => ('task' in planned ? [planned.task] : [])),
      conclude(data, done, idOf) {
        const { window } = data as unknown as { window: MessageWindow }
        let next = 0
        const results = planOf(data).map((planned): CallResult => {
          if ('result' in planned) return planned.result
          const { call, task } = planned
          const result = done[next++] as TaskResult
          return task.type === 'call'
            ? toolResultOf(call, result, maxResultBytes)
            : resultOf(call, result, maxResultBytes)
        })
        const ids = [...window.ids, ...results.map((_, index) => idOf(index))]
        const emitted = { window: { ...window, ids }, results: results.map((result) => ({ ...result })) }
        return {
          emits: [{ type: 'tool_result', data: emitted }],
          messages: results.map(({ id, content }) => ({ role: 'tool', tool_call_id: id, content })),
        }
      },
      stream(type, data, task, index, input) {
        const { text, attempt } = data as { text?: string; attempt?: number }
        const call = planOf(input).filter((planned) => 'task' in planned)[index]?.call
        if (type !== 'llm_chunk' || text === undefined || attempt === undefined || !call) return undefined
        return { type: 'agent_chunk', data: { callId: call.id, agent: task.agent, text, attempt } }
      },
    },
  })
  return { ...node, tools: [...known.values()] } as unknown as TeamNode<Members, Tools>
}

/** The tool that stands for an agent: it is offered like any other, and the team does what it would. */
function agentTool(name: string, { description, parameters = Task }: AnyMember): Tool {
  return defineTool({ name, description, parameters, run: () => undefined })
}

function taskOf(args: unknown): UserContent {
  const { task } = args as { task?: unknown }
  return typeof task === 'string' ? task : JSON.stringify(args)
}

function resultOf({ id, name }: Call, { text, output, error }: TaskResult, maxBytes: number): CallResult {
  if (error) return { id, content: cutText(`Error: '${name}' failed: ${error.message}`, maxBytes), isError: true }
  const said = output === null ? `OK: done, '${name}' said nothing.` : JSON.stringify(output)
  return { id, content: cutText(text === '' ? said : text, maxBytes) }
}

/** What `toolNode` makes of an ordinary tool is a result already. */
function toolResultOf(call: Call, result: TaskResult, maxBytes: number): CallResult {
  const { results = [] } = (result.output ?? {}) as { readonly results?: readonly CallResult[] }
  return results[0] ?? resultOf(call, result, maxBytes)
}

/** The ordinary tools as an agent: a call is a session of it, so that a crash costs no call that is done. */
function toolsAgent(tools: readonly Tool[], maxResultBytes: number): Agent {
  return defineAgent({
    id: 'team_tools',
    version: 1,
    nodes: { tools: toolNode({ tools, maxResultBytes }) },
    inputs: { call: CallData },
    edges: [
      {
        from: 'input',
        on: 'call',
        to: 'tools',
        map: (call: z.output<typeof CallData>) => ({ window: { ids: [], prepend: [], text: '' }, calls: [call] }),
      },
      { from: 'tools', on: 'tool_result', to: 'output' },
    ],
  } as never) as unknown as Agent
}
