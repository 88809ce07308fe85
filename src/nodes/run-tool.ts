/** Runs one call of a tool. Whatever goes wrong becomes a result that tells the model what to do about it. */
import { z } from 'zod'
import { messageOf } from '../core/errors.ts'
import { findNonJson } from '../core/json.ts'
import type { CallResult } from '../core/payloads.ts'
import { findJsonFault } from './json-fault.ts'
import type { Tool, ToolContext } from './tool.ts'

/** A call as it reaches the tool node: `args` is a string when the model's text was no JSON. */
export interface Call {
  readonly id: string
  readonly name: string
  readonly args: unknown
  /** Why a person refused the call. */
  readonly rejected?: string
}

/** What a model is told when a tool returns nothing. */
export const nothingReturned = 'OK: done, the tool returns nothing.'

/** What a model is told of a call that was at work when the process died. */
export function outcomeUnknown({ id, name }: Call): CallResult {
  const content = `Error: the outcome of this call is unknown: the process died while '${name}' ran, so it may or may not have taken effect. Find out before calling it again.`
  return { id, content, isError: true }
}

/** Never rejects. */
export async function runTool(tools: ReadonlyMap<string, Tool>, call: Call, context: ToolContext): Promise<CallResult> {
  const failed = (reason: string): CallResult => ({ id: call.id, content: `Error: ${reason}`, isError: true })
  if (call.rejected !== undefined) return failed(`this call was rejected and did not run. Reason: ${call.rejected}`)
  const tool = tools.get(call.name)
  if (!tool) return failed(`there is no tool '${call.name}'. ${listTools(tools)}`)

  let args: unknown = call.args
  if (typeof args === 'string') {
    const fault = findJsonFault(args)
    if (fault) return failed(describeFault(tool.name, args, fault))
    // Some models put the object into a JSON string.
    args = JSON.parse(args) as unknown
  }
  try {
    const parsed = await tool.parameters.safeParseAsync(args)
    if (!parsed.success) return failed(describeIssues(tool.name, parsed.error))
    const value: unknown = await tool.run(parsed.data, context)
    if (value === undefined) return { id: call.id, content: nothingReturned }
    if (typeof value === 'string') return { id: call.id, content: value }
    const fault = findNonJson(value)
    if (fault) return failed(`'${tool.name}' ran, but what it returned is no JSON at ${fault.path}: ${fault.reason}.`)
    return { id: call.id, content: JSON.stringify(value) }
  } catch (error) {
    return failed(`'${tool.name}' failed: ${messageOf(error) || 'it gives no reason'}`)
  }
}

/**
 * The arguments of a call as its tool's schema gives them, or what the model is told of them. Unlike {@link runTool} it
 * does not wait: a schema with asynchronous checks is a fault.
 */
export function readArguments(tool: Tool, args: unknown): { readonly args: unknown } | { readonly fault: string } {
  let given = args
  if (typeof given === 'string') {
    const fault = findJsonFault(given)
    if (fault) return { fault: describeFault(tool.name, given, fault) }
    given = JSON.parse(given) as unknown
  }
  const parsed = tool.parameters.safeParse(given)
  return parsed.success ? { args: parsed.data } : { fault: describeIssues(tool.name, parsed.error) }
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
