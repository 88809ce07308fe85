/** `memoryNode`: remembers what the user said and hands on the newest part of the conversation. */
import { defineNode } from '../agent/define-node.ts'
import { AgentDefinitionError } from '../core/errors.ts'
import { textOf, type MessageWindow } from '../core/messages.ts'
import type { NodeDefinition, NodeRuntime } from '../core/node.ts'
import { UserInput, WindowData } from '../core/payloads.ts'
import { loadTokenCounter } from '../model/count-tokens.ts'
import { fitWindow } from './fit-window.ts'

/** Options of {@link memoryNode}. */
export interface MemoryNodeOptions {
  /** The most messages that are handed on, this turn's input counted; a whole number from 1. Default: 40. */
  readonly window?: number
  /**
   * The most tokens that they may have together, counted as OpenAI's newer models count, an image or a file as 765.
   * Default: no limit, and nothing is counted.
   */
  readonly maxTokens?: number
}

/** The node that {@link memoryNode} makes. */
export type MemoryNode = NodeDefinition<typeof UserInput, { memory_ready: typeof WindowData }>

/**
 * A node that takes the user's input, appends it to the transcript and emits `memory_ready` with a window of the newest
 * messages. With `maxTokens` the oldest of them are left out until the rest fits: a tool call always together with its
 * results, this turn's input never. Nothing is deleted; what is left out stays in the transcript.
 *
 * An input without parts (`[]`) appends nothing: the turn goes on from the conversation as it is, such as from the results
 * of tools that the client ran.
 *
 * @throws AgentDefinitionError when `window` or `maxTokens` is no whole number from 1.
 */
export function memoryNode(options: MemoryNodeOptions = {}): MemoryNode {
  const { window: limit = 40, maxTokens } = options
  const faults = Object.entries({ window: limit, maxTokens })
    .filter(([, value]) => value !== undefined && !(Number.isInteger(value) && value >= 1))
    .map(([name, value]) => `${name} is ${value}, not a whole number from 1`)
  if (faults.length > 0) throw new AgentDefinitionError("a node of kind 'memory'", faults)

  return defineNode({
    kind: 'memory',
    input: UserInput,
    emits: { memory_ready: WindowData },
    async run(event, runtime) {
      const goesOn = Array.isArray(event.data) && event.data.length === 0
      if (!goesOn) runtime.append({ role: 'user', content: event.data })
      const recent = await runtime.window({ limit })
      const newest = { ...recent, text: goesOn ? await lastInput(runtime, recent) : textOf(event.data) }
      const window =
        maxTokens === undefined
          ? newest
          : await fitWindow((part) => runtime.messages(part), newest, maxTokens, loadTokenCounter)
      runtime.emit('memory_ready', { window })
    },
  })
}

/** The text of the newest input in a window. */
async function lastInput(runtime: Pick<NodeRuntime, 'messages'>, window: MessageWindow): Promise<string> {
  const input = (await runtime.messages(window)).findLast((message) => message.role === 'user')
  return input?.role === 'user' ? textOf(input.content) : ''
}
