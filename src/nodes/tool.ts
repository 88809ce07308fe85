/** `defineTool`: a function that a model may call. */
import { z } from 'zod'
import { messageOf, TroupeError } from '../core/errors.ts'
import type { Schema } from '../core/node.ts'

/** What a tool's `run` is told beside its arguments. */
export interface ToolContext {
  /** Aborted when the turn is cancelled or the session stops. Hand it to whatever you wait for. */
  readonly signal: AbortSignal
  /** Id of the call, as the model's answer has it. */
  readonly callId: string
  /** `<event id>:<call id>`: the same when the call is run again after a crash, never that of another call. */
  readonly idempotencyKey: string
  readonly sessionId: string
  /** The turn that the call belongs to. */
  readonly traceId: string
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
}

/** A tool, ready for `llmNode` and `toolNode`. Made with {@link defineTool}. */
export interface Tool<Name extends string = string, Parameters extends Schema = Schema> {
  readonly name: Name
  readonly description: string
  readonly parameters: Parameters
  /** The JSON Schema of the arguments, as models read it. */
  readonly jsonSchema: Readonly<Record<string, unknown>>
  readonly idempotent: boolean
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

const namePattern = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * Defines a tool.
 *
 * @throws ToolDefinitionError when the name is none that models accept, or the parameters are no object with a JSON form.
 */
export function defineTool<const Name extends string, Parameters extends Schema>(
  options: ToolOptions<Name, Parameters>,
): Tool<Name, Parameters> {
  const { name, description, parameters } = options
  if (!namePattern.test(name))
    throw new ToolDefinitionError(name, `its name must match ${namePattern.source}: letters, digits, _ and - only.`)
  if (typeof options.run !== 'function') throw new ToolDefinitionError(name, "it needs a function 'run'.")
  return {
    name,
    description,
    parameters,
    jsonSchema: jsonSchemaOf(name, parameters),
    idempotent: options.idempotent ?? false,
    run: (args, context) => options.run(args, context),
  }
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
