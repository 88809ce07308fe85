/** Answers that are data: the schema that the model gets, and what is done about an answer that does not fit it. */
import { z } from 'zod'
import { TroupeError } from '../core/errors.ts'
import { findNonJson, nestsDeeper } from '../core/json.ts'
import type { Message } from '../core/messages.ts'
import type { Schema } from '../core/node.ts'
import type { ChatRequest } from '../model/chat.ts'
import { deepest } from './call-arguments.ts'

/** What is wrong at one place of an answer. */
export interface OutputIssue {
  /** Where, such as `items.0.price`; empty for the whole. */
  readonly path: string
  readonly message: string
}

/** However often it was asked, the model gave no output that fits the schema. */
export class OutputError extends TroupeError {
  /** What the model answered last. */
  readonly text: string
  readonly issues: readonly OutputIssue[]

  constructor(node: string, text: string, issues: readonly OutputIssue[], attempts: number, cut: boolean) {
    const advice = cut
      ? 'The answer was cut off: raise maxOutputTokens, or ask for less.'
      : 'Describe the fields in the schema, loosen it, or use another model.'
    super(
      'invalid_output',
      `Node '${node}' got no output that fits its schema, asked ${attempts} ${attempts === 1 ? 'time' : 'times'}: ` +
        `${describe(issues)}. The model last answered '${shorten(text)}'. ${advice}`,
    )
    this.text = text
    this.issues = issues
  }
}

/** An answer as data, or what is wrong with it. */
export type ReadOutput =
  | { readonly value: unknown; readonly issues?: never }
  | { readonly issues: readonly OutputIssue[]; readonly value?: never }

/** Every fault of a schema of outputs: servers take objects only. */
export function outputFaults(schema: Schema): string[] {
  try {
    if (z.toJSONSchema(schema).type === 'object') return []
    return ['output must be an object: z.object({ … }), with whatever else inside']
  } catch (error) {
    return [`output has no JSON form: ${error instanceof Error ? error.message : String(error)}`]
  }
}

/** The request for such an answer: strict, so that servers cannot but keep to it, where the schema is one that strict mode knows. */
export async function formatOf(schema: Schema): Promise<NonNullable<ChatRequest['response_format']>> {
  // Loaded by those who need it only.
  const { zodResponseFormat } = await import('openai/helpers/zod')
  try {
    return { ...zodResponseFormat(schema, 'output') }
  } catch {
    // Optional fields, records and the like.
    const { $schema: _, ...form } = z.toJSONSchema(schema, { target: 'draft-7' })
    return { type: 'json_schema', json_schema: { name: 'output', strict: false, schema: form } }
  }
}

/** Reads an answer. The value is as the model wrote it: defaults and trimming of the schema are still to be applied. */
export function readOutput(text: string, schema: Schema): ReadOutput {
  let value: unknown
  try {
    value = JSON.parse(withoutFence(text))
  } catch (error) {
    return { issues: [{ path: '', message: `no JSON: ${error instanceof Error ? error.message : String(error)}` }] }
  }
  if (nestsDeeper(value, deepest)) return { issues: [{ path: '', message: `nested in more than ${deepest} levels` }] }
  // 1e999 is JSON, but what it is parsed to is not.
  const fault = findNonJson(value)
  if (fault) return { issues: [{ path: fault.path.replace(/^\$\.?/, ''), message: fault.reason }] }
  const parsed = schema.safeParse(value)
  if (parsed.success) return { value }
  return { issues: parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })) }
}

/** An answer that does not fit, and why; shown to the model, never stored. */
export function misfit(text: string, issues: readonly OutputIssue[]): Message[] {
  const content = `That does not fit the schema: ${describe(issues)}. Answer again, with JSON only that fits the schema.`
  return [
    { role: 'assistant', content: text },
    { role: 'user', content },
  ]
}

/** Models that know no structured output put their JSON into a fence. */
function withoutFence(text: string): string {
  return /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/.exec(text)?.[1] ?? text
}

function describe(issues: readonly OutputIssue[]): string {
  const lines = issues.slice(0, 10).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  return [...lines, ...(issues.length > 10 ? [`and ${issues.length - 10} more`] : [])].join('; ')
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)} …` : text
}
