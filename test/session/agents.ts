/** Small agents whose handlers a test plays. */
import { z } from 'zod'
import { defineAgent, defineNode, textOf, UserInput, type Agent, type NodeDefinition } from '../setup/engine.ts'
import type { AgentLimits } from '../../src/core/limits.ts'
import type { Json } from '../../src/core/json.ts'
import type { NodeRuntime, RestorePolicy } from '../../src/core/node.ts'
import type { SupervisedOptions } from '../../src/core/supervision.ts'

export const Text = z.object({ text: z.string() })
const Any = z.json()
const emits = { said: Text, asked: Text, chunk: Text }

/** A handler that gets what the user or another node said. */
export type Play = (text: string, runtime: NodeRuntime<typeof emits, Json>) => void | Promise<void>

/** Options of {@link played}. */
export interface PlayedOptions extends SupervisedOptions {
  readonly background?: boolean
  readonly onRestore?: RestorePolicy
  readonly takesResets?: boolean
}

/** A node that takes texts from the user and from its like; the test plays its handler. */
export function played(
  play: Play,
  options: PlayedOptions = {},
): NodeDefinition<typeof Any, { said: typeof Text; asked: typeof Text; chunk: typeof Text }> {
  return defineNode({
    input: Any,
    emits,
    state: Any,
    transient: ['chunk'],
    ...options,
    run: (event, runtime) => play(spoken(event.data), runtime as never),
  })
}

/** The text of an event's data. */
export function spoken(data: unknown): string {
  const content = UserInput.safeParse(data)
  if (content.success) return textOf(content.data)
  return (data as { text?: string } | null)?.text ?? ''
}

/** An agent of one node, `worker`: what it says and its chunks reach the output. */
export function soloAgent(play: Play, options: PlayedOptions & { readonly limits?: AgentLimits } = {}): Agent {
  const { limits = {}, ...others } = options
  return defineAgent({
    id: 'solo',
    version: 1,
    nodes: { worker: played(play, others) },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'said', to: 'output' },
      { from: 'worker', on: 'chunk', to: 'output' },
    ],
    limits,
  }) as unknown as Agent
}

/** An agent of two nodes: `first` takes the input and asks `second`; what either says reaches the output. */
export function relayAgent(
  first: Play,
  second: Play,
  options: { readonly limits?: AgentLimits; readonly first?: PlayedOptions; readonly second?: PlayedOptions } = {},
): Agent {
  return defineAgent({
    id: 'relay',
    version: 1,
    nodes: { first: played(first, options.first), second: played(second, options.second) },
    edges: [
      { from: 'input', on: 'user_input', to: 'first' },
      { from: 'first', on: 'asked', to: 'second' },
      { from: 'first', on: 'said', to: 'output' },
      { from: 'second', on: 'said', to: 'output' },
      { from: 'first', on: 'chunk', to: 'output' },
      { from: 'second', on: 'chunk', to: 'output' },
    ],
    limits: options.limits ?? {},
  }) as unknown as Agent
}

/** Says it again. */
export const echo: Play = (text, runtime) => runtime.emit('said', { text })

/** Works until it is given up. */
export async function untilAborted(_text: string, { signal }: { readonly signal: AbortSignal }): Promise<void> {
  signal.throwIfAborted()
  await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
}
