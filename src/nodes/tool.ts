/** `defineTool`: a function that a model may call. */
import { z } from 'zod'
import { messageOf, TroupeError } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import type { Schema } from '../core/node.ts'

/** What a tool's `run` is told beside its arguments. */
export interface ToolContext {
  /** Aborted when the turn is cancelled, the session stops or the tool's timeout is over. Hand it to whatever you wait for. */
  readonly signal: AbortSignal
  /** Id of the call, as the model's answer has it. */
  readonly callId: string
  /** `<event id>:<call id>`: the same when the call is run again after a crash, never that of another call. */
  readonly idempotencyKey: string
  readonly sessionId: string
  /** The turn that the call belongs to. */
  readonly traceId: string
  /**
   * Says how far the call is: JSON in the tool's own form, sent at once as the transient event `tool_progress`. Without
   * effect once the call is over.
   * @throws EmitError for data that are no JSON.
   */
  progress(data: Json): void
}

/** The call that a `needsApproval` is asked about. */
export interface ApprovalContext {
  /** Id of the call, as the model's answer has it. */
  readonly callId: string
  readonly sessionId: string
  /** The turn that the call belongs to. */
  readonly traceId: string
}

/** How a failed call of an idempotent tool is tried again. */
export interface ToolRetry {
  /** The most retries after the first try, a whole number from 0. */
  readonly max: number
  /** Milliseconds before the first retry; each further pause is twice as long, up to a minute. Default: 500. */
  readonly backoff?: number
}

/** What {@link defineTool} takes. */
export interface ToolOptions<Name extends string, Parameters extends Schema> {
  /** 1 to 64 letters, digits, `_` and `-`, as OpenAI asks. */
  readonly name: Name
  /** Tells the model what the tool does and when to call it. */
  readonly description: string
  /** Schema of the arguments: a zod object that has a JSON form. */
  readonly parameters: Parameters
  /**
   * Does the work. A string reaches the model as it is, any other value as JSON. What it throws reaches the model as
   * a failed result; it does not fail the turn.
   */
  run(args: z.output<Parameters>, context: ToolContext): unknown
  /** Running it twice with the same arguments does no harm, so that a crash may run it again. Default: false. */
  readonly idempotent?: boolean
  /**
   * Calls wait until a person approves them: every one, or those that the predicate holds for. It is asked inside the
   * session's machine, with checked arguments: it must be quick and free of effects. One that throws counts as true.
   * Default: no call waits.
   */
  readonly needsApproval?: boolean | ((args: z.output<Parameters>, context: ApprovalContext) => boolean)
  /** Milliseconds for one try; then its signal is aborted and the model is told. Default: that of the `toolNode`. */
  readonly timeout?: number
  /** Tries again what throws or times out. Only for tools that are `idempotent`. Default: no retries. */
  readonly retry?: ToolRetry
  /** The most bytes of UTF-8 of a result that reach the model; more is cut, with a note. Default: that of the `toolNode`. */
  readonly maxResultBytes?: number
}

/** A tool, ready for `llmNode` and `toolNode`. Made with {@link defineTool}. */
export interface Tool<Name extends string = string, Parameters extends Schema = Schema> {
  readonly name: Name
  readonly description: string
  readonly parameters: Parameters
  /** The JSON Schema of the arguments, as models read it. */
  readonly jsonSchema: Readonly<Record<string, unknown>>
  readonly idempotent: boolean
  /** As in {@link ToolOptions}; those that are not there are left to the `toolNode`. */
  readonly timeout?: number
  readonly retry?: Required<ToolRetry>
  readonly maxResultBytes?: number
  /** Whether a call with these arguments waits for a person. Not there when none does. */
  needsApproval?(args: z.output<Parameters>, context: ApprovalContext): boolean
  run(args: z.output<Parameters>, context: ToolContext): unknown
}

/**
 * A call of one of these tools, as a `tool_call` event carries it: a union over their names. Arguments are typed as the
 * model is asked to write them; `toolNode` checks them, a guard that reads them earlier has to expect that they are not so.
 */
export type CallOf<OneTool extends Tool> =
  OneTool extends Tool<infer Name, infer Parameters> ? { id: string; name: Name; args: z.input<Parameters> } : never

/** A tool, or a list of tools, has faults. */
export class ToolDefinitionError extends TroupeError {
  constructor(tool: string, reason: string, options?: { cause?: unknown }) {
    super('tool_definition', `Tool '${tool}' is not well defined: ${reason}`, options)
  }
}

// Milliseconds.
const defaultBackoff = 500

const namePattern = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * Defines a tool.
 *
 * @throws ToolDefinitionError when the name is none that models accept, the parameters are no object with a JSON form, a
 * number is out of its range, or `retry` is given for a tool that is not `idempotent`.
 */
export function defineTool<const Name extends string, Parameters extends Schema>(
  options: ToolOptions<Name, Parameters>,
): Tool<Name, Parameters> {
  const { name, description, parameters } = options
  if (!namePattern.test(name))
    throw new ToolDefinitionError(name, `its name must match ${namePattern.source}: letters, digits, _ and - only.`)
  if (typeof options.run !== 'function') throw new ToolDefinitionError(name, "it needs a function 'run'.")
  const { needsApproval, timeout, retry, maxResultBytes, idempotent = false } = options
  const fault = retry && !idempotent ? "it has 'retry', but is not idempotent: true." : numberFault(options)
  if (fault) throw new ToolDefinitionError(name, fault)
  return {
    name,
    description,
    parameters,
    jsonSchema: jsonSchemaOf(name, parameters),
    idempotent,
    ...(timeout === undefined ? {} : { timeout }),
    ...(retry ? { retry: { max: retry.max, backoff: retry.backoff ?? defaultBackoff } } : {}),
    ...(maxResultBytes === undefined ? {} : { maxResultBytes }),
    ...(needsApproval ? { needsApproval: needsApproval === true ? () => true : needsApproval } : {}),
    run: (args, context) => options.run(args, context),
  }
}

/** What is wrong with the numbers of a tool. */
function numberFault({
  timeout,
  retry,
  maxResultBytes,
}: Pick<Tool, 'timeout' | 'maxResultBytes'> & { retry?: ToolRetry }) {
  if (timeout !== undefined && !(timeout > 0)) return `its timeout is ${timeout}, not a number of milliseconds over 0.`
  if (maxResultBytes !== undefined && !isWhole(maxResultBytes, 1))
    return `its maxResultBytes is ${maxResultBytes}, not a whole number from 1.`
  if (retry && !isWhole(retry.max, 0)) return `its retry.max is ${retry.max}, not a whole number from 0.`
  if (retry?.backoff !== undefined && !(retry.backoff >= 0))
    return `its retry.backoff is ${retry.backoff}, not a number of milliseconds.`
  return undefined
}

function isWhole(value: number, from: number): boolean {
  return Number.isInteger(value) && value >= from
}

/**
 * Tools by name.
 * @throws ToolDefinitionError when two of them have the same name.
 */
export function toolsByName(tools: readonly Tool[]): ReadonlyMap<string, Tool> {
  const byName = new Map<string, Tool>()
  for (const tool of tools) {
    if (byName.has(tool.name)) throw new ToolDefinitionError(tool.name, 'another tool of the list has the same name.')
    byName.set(tool.name, tool)
  }
  return byName
}

function jsonSchemaOf(name: string, parameters: Schema): Readonly<Record<string, unknown>> {
  let schema: Record<string, unknown>
  try {
    // What the model writes is what the schema takes in, before defaults and transformations.
    schema = z.toJSONSchema(parameters, { io: 'input' })
  } catch (error) {
    throw new ToolDefinitionError(name, `its parameters have no JSON form: ${messageOf(error)}`, { cause: error })
  }
  if (schema['type'] !== 'object')
    throw new ToolDefinitionError(
      name,
      'its parameters must be one object: models refuse other schemas. Use z.object({ … }).',
    )
  delete schema['$schema']
  return schema
}
