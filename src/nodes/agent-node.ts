/** `agentNode`: a node that is another agent. */
import { z } from 'zod'
import type { Agent } from '../agent/agent.ts'
import { defineDelegate } from '../agent/define-delegate.ts'
import { resetOf } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import type { UserContent } from '../core/messages.ts'
import type { NodeDefinition, Schema, TaskResult } from '../core/node.ts'
import { ChunkData, UsageData, UserInput } from '../core/payloads.ts'
import type { SupervisedOptions } from '../core/supervision.ts'

/** `agent_result`: what came of a turn of another agent. */
export const AgentResultData = z.object({
  /** Its text: the last one that reached the agent's `output`; empty when there was none. */
  text: z.string(),
  /** The data of the last durable event that reached it; null when there was none. */
  output: z.json(),
  usage: UsageData,
})
export type AgentResultData = z.infer<typeof AgentResultData>

/** Options of {@link agentNode}. */
export interface AgentNodeOptions<Input extends Schema> extends SupervisedOptions {
  /** What the node takes. Default: what a user sends, text or content parts. */
  readonly input?: Input
  /**
   * The message to the agent, made of what the node takes; it must always give the same for the same data. Default: the
   * data itself when it is a message, else its `text` or `window.text`, else its JSON.
   */
  readonly map?: (data: z.output<Input>) => UserContent
}

/** The node that {@link agentNode} makes. */
export type AgentNode<Input extends Schema = typeof UserInput> = NodeDefinition<
  Input,
  { agent_result: typeof AgentResultData; llm_chunk: typeof ChunkData }
>

/**
 * A node that is another agent: each event begins a new session of it, inside of this one, whose user is this agent. When
 * its turn has ended the node emits `agent_result { text, output, usage }`; what it streams as `llm_chunk` is streamed by
 * the node. A failed turn is the node's `error`.
 *
 * - Events are handled one after the other. The agent's session is stored with this one, so a crash costs it nothing more
 *   than it costs this one; its steps, tools and limits are its own, its usage counts for the turn of this one as well.
 * - While it waits for a person, so does the node: `session.pending()` has what it holds, under the path of its node
 *   (`<node>/0/<node>`), and `session.signal` takes the signals that it declares. What comes behind waits, too.
 * - A run of `supervision` is the agent's turn: a retry begins a new session of it, and the time that it waits for a person
 *   does not count for `timeout`.
 * - Cancelling the turn cancels the agent's. Its conversation is kept with the session, but is not part of `messages()`.
 *
 * @throws AgentDefinitionError when it is given something else than an agent.
 */
export function agentNode<Input extends Schema = typeof UserInput>(
  agent: Agent,
  options: AgentNodeOptions<Input> = {},
): AgentNode<Input> {
  const { map = messageOf } = options
  return defineDelegate({
    kind: 'agent',
    supervision: options.supervision,
    input: (options.input ?? UserInput) as Input,
    emits: { agent_result: AgentResultData, llm_chunk: ChunkData },
    transient: ['llm_chunk'],
    describe: { agent: agent.id },
    delegation: {
      agents: { '': agent },
      slots: 1,
      failsFast: true,
      tasks: (data) => [{ agent: '', type: 'user_input', data: map(data as never) as Json }],
      conclude(_data, [result]) {
        const { text, output, usage } = result as TaskResult
        return { emits: [{ type: 'agent_result', data: { text, output, usage: { ...usage } } }] }
      },
      stream: (type, data) => (type === 'llm_chunk' || type === resetOf('llm_chunk') ? { type, data } : undefined),
    },
  })
}

/** The message that data make where nothing else is said. */
export function messageOf(data: unknown): UserContent {
  const message = UserInput.safeParse(data)
  if (message.success) return message.data
  const { text, window } = (data ?? {}) as { text?: unknown; window?: { text?: unknown } }
  if (typeof text === 'string') return text
  return typeof window?.text === 'string' ? window.text : JSON.stringify(data)
}
