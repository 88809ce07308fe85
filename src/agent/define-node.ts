/** `defineNode`: a typed unit of work in handler or loop style. */
import { z } from 'zod'
import { AgentDefinitionError } from '../core/errors.ts'
import { idPattern, resetOf, type AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import type {
  Handler,
  LoopRuntime,
  NodeDefinition,
  NodePlace,
  NodeRuntime,
  RestorePolicy,
  Schema,
  Schemas,
} from '../core/node.ts'
import { supervisionFaults, type SupervisedOptions } from '../core/supervision.ts'

/** What both styles of a node have in common. */
export interface NodeOptions<
  Input extends Schema,
  Emits extends Schemas,
  State extends Schema,
> extends SupervisedOptions {
  /** What the node takes: the data of the events that reach it. */
  input: Input
  /** What it emits: event names with the schema of their data. `error` is implicit. */
  emits: Emits
  /** Schema of its state, for the types of `getState` and `setState`. */
  state?: State
  /** Emitted events that leave at once and are never stored (chunks, progress, audio). */
  transient?: readonly (keyof Emits & string)[]
  /** What kind of node it is, for diagrams. Default: `node`. */
  kind?: string
  /** Its work does not keep a turn open. Default: false. */
  background?: boolean
  /**
   * What happens to an event whose handler was at work when the process died: its handler runs again (`rerun`, the
   * default), it fails with `outcome_unknown` (`fail`), or it waits for a person (`ask`).
   */
  onRestore?: RestorePolicy
  /** The node also takes `<event>_reset`, which says that the chunks it took so far are void. Default: false. */
  takesResets?: boolean
  /**
   * A durable event ends what the node does for transient ones (speech stops when the user says something): the handler at
   * work is aborted, and those that wait are dropped. Default: false, it waits its turn.
   */
  givesWay?: boolean
  /**
   * Deletes what the node keeps of a session elsewhere than in the session's store. Called when a session is deleted, and
   * when one that is stored nowhere is stopped; it may be called again.
   */
  forget?: (place: NodePlace) => Promise<void>
  /** What diagrams show of it; JSON. */
  describe?: { readonly [key: string]: Json | undefined }
}

/** A node's code: a handler called once an event, or a loop over its input. */
export type NodeCode<Input extends Schema, Emits extends Schemas, State extends Schema> =
  | {
      run(event: AgentEvent<z.output<Input>>, runtime: NodeRuntime<Emits, z.output<State>>): void | Promise<void>
      loop?: never
    }
  | { run?: never; loop(runtime: LoopRuntime<z.output<Input>, Emits, z.output<State>>): Promise<void> }

/**
 * Defines a node.
 *
 * Handler style: `run(event, runtime)` is called with one event at a time, in arrival order; what it emits, appends and
 * sets takes effect together when it returns. Loop style: `loop(runtime)` iterates over `runtime.input()`; asking for
 * the next event is the commit point, and a loop may be started anew at any event, so keep state in `setState`.
 *
 * @throws AgentDefinitionError when an event name is malformed or a schema has no JSON form.
 */
export function defineNode<Input extends Schema, const Emits extends Schemas, State extends Schema = z.ZodType<Json>>(
  options: NodeOptions<Input, Emits, State> & NodeCode<Input, Emits, State>,
): NodeDefinition<Input, Emits> {
  const faults = [
    ...Object.keys(options.emits).flatMap((event) => faultsOfEvent(event, options.emits)),
    ...(options.transient ?? [])
      .filter((event) => !(event in options.emits))
      .map((event) => `transient '${event}' is no event of the node`),
    ...schemaFaults('input', options.input),
    ...Object.entries(options.emits).flatMap(([event, schema]) => schemaFaults(`emits.${event}`, schema)),
    ...(options.state ? schemaFaults('state', options.state) : []),
    ...(typeof options.run === 'function' || typeof options.loop === 'function'
      ? []
      : ["a node needs 'run' or 'loop'"]),
    ...supervisionFaults(options.supervision),
  ]
  if (faults.length > 0) throw new AgentDefinitionError(`a node of kind '${options.kind ?? 'node'}'`, faults)
  const handler = (options.run
    ? { style: 'run', run: options.run }
    : { style: 'loop', loop: options.loop }) as unknown as Handler
  return {
    input: options.input,
    emits: options.emits,
    transient: new Set(options.transient ?? []),
    kind: options.kind ?? 'node',
    background: options.background ?? false,
    onRestore: options.onRestore ?? 'rerun',
    ...(options.supervision ? { supervision: options.supervision } : {}),
    takesResets: options.takesResets ?? false,
    givesWay: options.givesWay ?? false,
    ...(options.forget ? { forget: options.forget } : {}),
    ...(options.describe ? { describe: options.describe } : {}),
    handler,
  }
}

function faultsOfEvent(event: string, emits: Schemas): string[] {
  if (!idPattern.test(event)) return [`event '${event}' must match ${idPattern.source}`]
  if (event === 'error') return ["event 'error' is implicit in every node: throw instead of declaring it"]
  if (resetOf(event) in emits)
    return [`event '${resetOf(event)}' is the engine's own announcement for '${event}': choose another name`]
  return []
}

/** A schema without a JSON form cannot guard what lives in snapshots. */
function schemaFaults(where: string, schema: Schema): string[] {
  try {
    z.toJSONSchema(schema)
    return []
  } catch (error) {
    return [`${where} has no JSON form: ${error instanceof Error ? error.message : String(error)}`]
  }
}
