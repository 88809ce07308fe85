/** Runs one call of a tool. Whatever goes wrong becomes a result that tells the model what to do about it. */
import { z } from 'zod'
import { messageOf } from '../core/errors.ts'
import { findNonJson } from '../core/json.ts'
import type { Schema } from '../core/node.ts'
import type { CallResult } from '../core/payloads.ts'
import { attemptTool, ToolTimeoutError, type AttemptOptions } from './attempt-tool.ts'
import { cutText } from './cut-text.ts'
import { findJsonFault } from './json-fault.ts'
import type { Tool, ToolContext } from './tool.ts'

/** A call as it reaches the tool node: `args` is a string when the model's text was no JSON. */
export interface Call {
  readonly id: string
  readonly name: string
  readonly args: unknown
  /** Why a person refused the call. */
  readonly rejected?: string
  /** A person let it pass. */
  readonly approved?: true
  /** The arguments are the person's. */
  readonly edited?: true
}

/** What a model is told when a tool returns nothing. */
export const nothingReturned = 'OK: done, the tool returns nothing.'

/** What a model is told of a call that was at work when the process died. */
export function outcomeUnknown({ id, name }: Call): CallResult {
  const content = `Error: the outcome of this call is unknown: the process died while '${name}' ran, so it may or may not have taken effect. Find out before calling it again.`
  return { id, content, isError: true }
}

/** What a model is told of a call that needs approval and was sent to its node by a way that asks nobody. */
export function unapproved({ id, name }: Call): CallResult {
  return {
    id,
    content: `Error: a call of '${name}' needs the approval of a person, and nobody was asked.`,
    isError: true,
  }
}

/** How a call is run. */
export interface RunOptions extends AttemptOptions {
  /** The most bytes of its result, where the tool does not say. */
  readonly maxResultBytes: number
}

/** Never rejects. */
export async function runTool(
  tools: ReadonlyMap<string, Tool>,
  call: Call,
  context: ToolContext,
  options: RunOptions,
): Promise<CallResult> {
  const tool = tools.get(call.name)
  const { content, isError } = await contentOf(tools, call, context, options)
  const maxBytes = tool?.maxResultBytes ?? options.maxResultBytes
  const note =
    call.edited && tool
      ? `A person changed the arguments of this call to ${cutText(JSON.stringify(call.args), maxBytes)}.\n`
      : ''
  const cut = note + cutText(content, maxBytes)
  return isError ? { id: call.id, content: cut, isError } : { id: call.id, content: cut }
}

async function contentOf(
  tools: ReadonlyMap<string, Tool>,
  call: Call,
  context: ToolContext,
  options: RunOptions,
): Promise<Omit<CallResult, 'id'>> {
  const failed = (reason: string): Omit<CallResult, 'id'> => ({ content: `Error: ${reason}`, isError: true })
  if (call.rejected !== undefined) return failed(`this call was rejected and did not run. Reason: ${call.rejected}`)
  const tool = tools.get(call.name)
  if (!tool) return failed(`there is no tool '${call.name}'. ${listTools(tools)}`)
  let value: unknown
  try {
    const read = await readArguments(tool, call.args, (parameters, args) => parameters.safeParseAsync(args))
    if ('fault' in read) return failed(read.fault)
    value = await attemptTool(tool, read.args as never, context, options)
  } catch (error) {
    if (error instanceof ToolTimeoutError) return failed(error.message)
    return failed(`'${tool.name}' failed: ${messageOf(error) || 'it gives no reason'}`)
  }
  if (value === undefined) return { content: nothingReturned }
  if (typeof value === 'string') return { content: value }
  // From here on it has taken effect, which the model has to know.
  const ran = `'${tool.name}' ran, but what it returned is no JSON`
  try {
    const fault = findNonJson(value)
    return fault ? failed(`${ran} at ${fault.path}: ${fault.reason}.`) : { content: JSON.stringify(value) }
  } catch (error) {
    // A getter that throws, or more nesting than the stack holds.
    return failed(`${ran}: ${messageOf(error)}`)
  }
}

type Parsed = z.ZodSafeParseResult<unknown>
type Read = { readonly args: unknown } | { readonly fault: string }

/**
 * The arguments of a call as the tool gets them, or why it cannot; parsed now or later, as `parse` does.
 * @throws whatever `parse` throws.
 */
export function readArguments(tool: Tool, args: unknown, parse: (schema: Schema, value: unknown) => Parsed): Read
export function readArguments(
  tool: Tool,
  args: unknown,
  parse: (schema: Schema, value: unknown) => Promise<Parsed>,
): Promise<Read>
export function readArguments(
  tool: Tool,
  args: unknown,
  parse: (schema: Schema, value: unknown) => Parsed | Promise<Parsed>,
): Read | Promise<Read> {
  let value = args
  if (typeof args === 'string') {
    const fault = findJsonFault(args)
    if (fault) return { fault: describeFault(tool.name, args, fault) }
    // Some models put the object into a JSON string.
    value = JSON.parse(args) as unknown
  }
  const readOf = (parsed: Parsed): Read =>
    parsed.success ? { args: parsed.data } : { fault: describeIssues(tool.name, parsed.error) }
  const parsed = parse(tool.parameters, value)
  return parsed instanceof Promise ? parsed.then(readOf) : readOf(parsed)
}

function listTools(tools: ReadonlyMap<string, Tool>): string {
  return tools.size === 0 ? 'There are no tools.' : `The tools are: ${[...tools.keys()].join(', ')}.`
}

function describeFault(tool: string, text: string, fault: { position: number; expected: string }): string {
  const found =
    fault.position < text.length ? `'${text.slice(fault.position, fault.position + 10)}'` : 'the end of the text'
  return `the arguments of '${tool}' are no JSON: at position ${fault.position} ${fault.expected} is expected, not ${found}. Call it again with one JSON object.`
}

function describeIssues(tool: string, error: z.ZodError): string {
  const issues = error.issues.map(
    ({ path, message }) => `\n- ${path.length > 0 ? z.core.toDotPath(path) : 'all'}: ${message}`,
  )
  return `the arguments of '${tool}' are not valid:${issues.join('')}\nCall it again with arguments that fit.`
}
