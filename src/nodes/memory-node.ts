/** `memoryNode`: remembers what the user said and hands on what of the conversation the model is shown. */
import { defineNode } from '../agent/define-node.ts'
import { AgentDefinitionError } from '../core/errors.ts'
import { textOf } from '../core/messages.ts'
import type { NodeDefinition, NodeRuntime } from '../core/node.ts'
import { MemoryData, UserInput } from '../core/payloads.ts'
import { manageMemory } from './manage-memory.ts'
import { MemoryState, type MemoryNodeOptions } from './memory-options.ts'

/** The node that {@link memoryNode} makes. */
export type MemoryNode = NodeDefinition<typeof UserInput, { memory_ready: typeof MemoryData }>

/**
 * A node that takes the user's input, appends it to the transcript and emits `memory_ready` with a window: pinned
 * messages, the summary, what is recalled, then the newest messages, oldest first. A call always stays with its results,
 * and this turn's input is always in. Nothing is deleted; what is left out stays in the transcript, and `trimmed` of
 * `memory_ready` says how many messages this turn left out that were handed on before, and how many tokens they had.
 *
 * An input without parts (`[]`) appends nothing: the turn goes on from the conversation as it is, such as from the results
 * of tools that the client ran.
 *
 * With `summary` the window is allowed to fill up; then its older half is summarised by the model in one call, so that
 * most turns need none. When that call fails, the turn goes on without what does not fit, and the next one tries again.
 * With `recall` an index or embedder that fails leaves the turn without recalled messages. Both are told in
 * `memory_ready`. The offline stand-in cannot summarise: with it `summary` has no effect.
 *
 * @throws AgentDefinitionError when a number is none, or out of range.
 */
export function memoryNode(options: MemoryNodeOptions = {}): MemoryNode {
  const { window = 40, maxTokens, summary, recall } = options
  const summaryTokens = summary === true ? undefined : summary?.maxTokens
  const faults = [
    ...faultOf('window', window, 1),
    ...faultOf('maxTokens', maxTokens, 1),
    ...faultOf('summary.maxTokens', summaryTokens, 32),
    ...faultOf('recall.limit', recall?.limit, 1),
  ]
  if (faults.length > 0) throw new AgentDefinitionError("a node of kind 'memory'", faults)

  return defineNode({
    kind: 'memory',
    supervision: options.supervision,
    input: UserInput,
    emits: { memory_ready: MemoryData },
    state: MemoryState,
    async run(event, runtime) {
      const goesOn = Array.isArray(event.data) && event.data.length === 0
      if (!goesOn) runtime.append({ role: 'user', content: event.data })
      const text = goesOn ? await lastInput(runtime, window) : textOf(event.data)
      const before = runtime.getState() ?? {}
      const { state, data } = await manageMemory(options, window, before, text, runtime)
      if (JSON.stringify(state) !== JSON.stringify(before)) runtime.setState(state)
      runtime.emit('memory_ready', data)
    },
  })
}

/** The text of the newest input among so many messages. */
async function lastInput(runtime: Pick<NodeRuntime, 'messages' | 'window'>, limit: number): Promise<string> {
  const messages = await runtime.messages(await runtime.window({ limit }))
  const input = messages.findLast((message) => message.role === 'user')
  return input?.role === 'user' ? textOf(input.content) : ''
}

function faultOf(name: string, value: number | undefined, least: number): string[] {
  if (value === undefined || (Number.isInteger(value) && value >= least)) return []
  return [`${name} is ${value}, not a whole number from ${least}`]
}
