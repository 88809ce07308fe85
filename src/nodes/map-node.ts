/** `mapNode`: the same work for each item of a list, some of it at the same time. */
import { z } from 'zod'
import type { Agent } from '../agent/agent.ts'
import { defineAgent } from '../agent/define-agent.ts'
import { defineDelegate } from '../agent/define-delegate.ts'
import { defineNode } from '../agent/define-node.ts'
import { withoutAttempt } from '../core/delegation.ts'
import { AgentDefinitionError } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import type { UserContent } from '../core/messages.ts'
import type { NodeDefinition, NodeRuntime, RestorePolicy, Schema, TaskResult } from '../core/node.ts'
import { ErrorEventData } from '../core/payloads.ts'
import type { SupervisedOptions } from '../core/supervision.ts'
import { messageOf } from './agent-node.ts'
import type { Payload } from './payload.ts'

/** What the function of a {@link mapNode} is told beside the item. */
export interface MapContext extends Pick<
  NodeRuntime,
  'signal' | 'attempt' | 'services' | 'sessionId' | 'traceId' | 'addUsage' | 'now'
> {
  /** The same when the item is done again, after a crash or a failure; never that of another item. */
  readonly idempotencyKey: string
}

interface SharedOptions<Item extends Schema> extends SupervisedOptions {
  /** Schema of one item. */
  readonly item: Item
  /** The most items at work at the same time, a whole number from 1. Default: 8. */
  readonly concurrency?: number
  /** The most items of one list, since what is done is part of every checkpoint until all are. Default: 256. */
  readonly maxItems?: number
  /** A failed item fails the event and ends the others (`fail`, the default), or is one of the results (`collect`). */
  readonly onError?: 'fail' | 'collect'
}

/** Options of {@link mapNode} with an agent: each item is a turn of a session of its own. */
export interface MapAgentOptions<Item extends Schema> extends SharedOptions<Item> {
  readonly each: Agent
  /** The message to the agent; it must always give the same for the same item. Default: as in `agentNode`. */
  readonly map?: (item: z.output<Item>) => UserContent
}

/** Options of {@link mapNode} with a function. */
export interface MapRunOptions<Item extends Schema, Output extends Schema> extends SharedOptions<Item> {
  readonly each: (item: z.output<Item>, context: MapContext) => z.input<Output> | Promise<z.input<Output>>
  /** Schema of what the function gives. */
  readonly output: Output
  /** What happens to an item that was at work when the process died. Default: `rerun`. */
  readonly onRestore?: RestorePolicy
}

/** What came of one item, in `map_result`. */
export interface MapResult<Output> {
  /** The text of the agent; empty of a function. */
  readonly text: string
  /** What the function gave; of an agent, the data of the last durable event that reached its output. Null when it failed. */
  readonly output: Output | null
  /** Why it failed; null when it did not. */
  readonly error: { readonly name: string; readonly message: string; readonly code: string } | null
}

/** `item_chunk`: a piece of what an agent streams for the item at `index`; one of a higher `attempt` makes earlier ones void. */
export const ItemChunkData = z.object({ index: z.number(), text: z.string(), attempt: z.number() })
export type ItemChunkData = z.infer<typeof ItemChunkData>

/** The node that {@link mapNode} makes. */
export type MapNode<Item extends Schema, Output> = NodeDefinition<
  z.ZodObject<{ items: z.ZodArray<Item> }>,
  { map_result: Payload<{ results: MapResult<Output>[] }>; item_chunk: typeof ItemChunkData }
>

/**
 * A node that takes `{ items }` and does the same for each item: a turn of another agent, or a function. It emits
 * `map_result { results }` in the order of the items when all are done.
 *
 * - At most `concurrency` items are at work; each has a session of its own inside of this one.
 * - An item that is done is stored: a crash costs only what was at work, which goes on as its nodes' `onRestore` say.
 * - What an agent streams as `llm_chunk` leaves as `item_chunk`. While an item waits for a person, the others go on.
 * - `supervision` is that of the list as a whole: in a retry, items that are done stay done.
 *
 * @throws AgentDefinitionError when an option is out of its range, or `each` is neither agent nor function.
 */
export function mapNode<Item extends Schema>(options: MapAgentOptions<Item>): MapNode<Item, Json>
export function mapNode<Item extends Schema, Output extends Schema>(
  options: MapRunOptions<Item, Output>,
): MapNode<Item, z.output<Output>>
export function mapNode(options: MapAgentOptions<Schema> | MapRunOptions<Schema, Schema>): MapNode<Schema, Json> {
  const { item, concurrency = 8, maxItems = 256, onError = 'fail', each } = options
  const faults = [
    ...(Number.isInteger(maxItems) && maxItems >= 1 ? [] : [`maxItems is ${maxItems}, not a whole number from 1`]),
    ...(['fail', 'collect'].includes(onError) ? [] : [`onError is '${onError}', neither 'fail' nor 'collect'`]),
  ]
  if (faults.length > 0) throw new AgentDefinitionError("a node of kind 'map'", faults)
  const isFunction = typeof each === 'function'
  const agent = isFunction ? itemAgent(options as MapRunOptions<Schema, Schema>) : each
  const message = (options as MapAgentOptions<Schema>).map ?? messageOf
  const result = z.object({
    text: z.string(),
    output: (isFunction ? (options as MapRunOptions<Schema, Schema>).output : z.json()).nullable(),
    error: ErrorEventData.omit({ input: true }).nullable(),
  })

  return defineDelegate({
    kind: 'map',
    supervision: options.supervision,
    input: z.object({ items: z.array(item).max(maxItems) }),
    emits: { map_result: z.object({ results: z.array(result) }), item_chunk: ItemChunkData },
    transient: ['item_chunk'],
    describe: { ...(isFunction ? {} : { agent: agent.id }), concurrency },
    delegation: {
      agents: { '': agent },
      slots: concurrency,
      failsFast: onError === 'fail',
      tasks: (data) =>
        (data as { readonly items: readonly Json[] }).items.map((each) =>
          isFunction
            ? { agent: '', type: 'item', data: each }
            : { agent: '', type: 'user_input', data: message(each) as Json },
        ),
      conclude: (_data, results) => ({
        emits: [{ type: 'map_result', data: { results: results.map((each) => resultOf(each, isFunction)) } }],
      }),
      stream(type, data, _task, index) {
        const { text, attempt } = data as { text?: string; attempt?: number }
        if (type !== 'llm_chunk' || text === undefined || attempt === undefined) return undefined
        return { type: 'item_chunk', data: { index, text, attempt } }
      },
    },
  }) as unknown as MapNode<Schema, Json>
}

function resultOf({ text, output, error }: TaskResult, isFunction: boolean): Json {
  const given = isFunction && output !== null ? ((output as { output?: Json }).output ?? null) : output
  if (!error) return { text, output: given, error: null }
  const { name, message, code } = error
  return { text, output: null, error: { name, message, code } }
}

/** A function as an agent of one node, so that an item is a session whatever does it. */
function itemAgent({ item, each, output, onRestore = 'rerun' }: MapRunOptions<Schema, Schema>): Agent {
  const run = defineNode({
    kind: 'function',
    input: item,
    emits: { item_done: z.object({ output }) },
    onRestore,
    async run(event, runtime) {
      const context: MapContext = {
        signal: runtime.signal,
        attempt: runtime.attempt,
        services: runtime.services,
        sessionId: runtime.sessionId,
        traceId: runtime.traceId,
        addUsage: (usage) => runtime.addUsage(usage),
        now: () => runtime.now(),
        idempotencyKey: withoutAttempt(event.id),
      }
      runtime.emit('item_done', { output: await each(event.data, context) })
    },
  })
  return defineAgent({
    id: 'map_item',
    version: 1,
    nodes: { run },
    inputs: { item },
    edges: [
      { from: 'input', on: 'item', to: 'run' },
      { from: 'run', on: 'item_done', to: 'output' },
    ],
  }) as unknown as Agent
}
