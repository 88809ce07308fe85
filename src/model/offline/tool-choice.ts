/** Which tools a message asks for, and with which arguments. */
import { findArithmetic } from './arithmetic.ts'
import { chooseRouteOf } from './decision.ts'
import type { OfflineTool } from './request.ts'
import { choicesOf, gatherMaterial, isRequired, propertiesOf, takeValue, typeOf } from './schema-values.ts'
import { stemOf } from './words.ts'

/** A call that the stand-in makes. */
export interface ChosenCall {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
}

/** What a message asks of the tools: calls, or a tool for which arguments are missing. */
export type ToolChoice =
  { readonly calls: readonly ChosenCall[] } | { readonly tool: string; readonly missing: readonly string[] }

const searchRequest =
  /^(?:please\s+|can you\s+|could you\s+)*(?:(?:search|look up|lookup|look for|find|google)\b|搜索|查找|查一下|查)(?:\s+(?:for|the web for|online for|on|about)\b)?\s*/i

/** What the text asks of the tools; undefined when it asks for none of them. */
export function chooseTools(text: string, tools: readonly OfflineTool[]): ToolChoice | undefined {
  return callCalculator(text, tools) ?? callSearch(text, tools) ?? callByName(text, tools) ?? callRoute(text, tools)
}

/** Calls the first tool with what can be made of the text: for requests that want a call whatever the text says. */
export function forceTool(text: string, tools: readonly OfflineTool[]): ToolChoice | undefined {
  const [tool] = tools
  return tool && fillArguments(tool, text, text)
}

/** Whether a tool of this name computes. */
export function isCalculator({ name, description }: Pick<OfflineTool, 'name' | 'description'>): boolean {
  return /calc|arithmetic|\bmath|evaluat|计算/i.test(`${name} ${description}`)
}

function callCalculator(text: string, tools: readonly OfflineTool[]): ToolChoice | undefined {
  const expressions = findArithmetic(text)
  if (expressions.length === 0) return undefined
  for (const tool of tools) {
    const parameter = isCalculator(tool)
      ? stringParameter(tool, /express|formula|equation|input|calc|query/i)
      : undefined
    if (parameter === undefined) continue
    const writesPowerAsStars = tool.description.includes('**') && !tool.description.includes('^')
    return {
      calls: expressions.map((expression) => ({
        name: tool.name,
        args: { [parameter]: writesPowerAsStars ? expression.replaceAll('^', '**') : expression },
      })),
    }
  }
  return undefined
}

function callSearch(text: string, tools: readonly OfflineTool[]): ToolChoice | undefined {
  const request = searchRequest.exec(text.trim())
  const query = request
    ? text
        .trim()
        .slice(request[0].length)
        .replace(/[\s?？!。.]+$/, '')
    : ''
  if (query === '') return undefined
  for (const tool of tools) {
    if (!/search|look.?up|find|retriev|browse|搜索|查/i.test(`${tool.name} ${tool.description}`)) continue
    const parameter = stringParameter(tool, /query|^q$|text|term|question|keyword|search|topic/i)
    if (parameter !== undefined) return { calls: [{ name: tool.name, args: { [parameter]: query } }] }
  }
  return undefined
}

function callByName(text: string, tools: readonly OfflineTool[]): ToolChoice | undefined {
  const words = [...text.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => ({
    stem: stemOf(match[0].toLowerCase()),
    end: match.index + match[0].length,
  }))
  let best: { tool: OfflineTool; matched: number; end: number } | undefined
  for (const tool of tools) {
    const named = nameWords(tool.name)
    const ends = named.map((name) => words.find(({ stem }) => stem === name)?.end)
    if (named.length === 0 || ends.includes(undefined) || named.length <= (best?.matched ?? 0)) continue
    best = { tool, matched: named.length, end: Math.max(...ends.map((end) => end ?? 0)) }
  }
  return best && (callForEach(best.tool, text.slice(best.end)) ?? fillArguments(best.tool, text, text.slice(best.end)))
}

/** A tool that asks to be called once for each of something is: where a list follows its name. */
function callForEach(tool: OfflineTool, rest: string): ToolChoice | undefined {
  if (!/\b(?:once|a call|one call) for each\b|\bone call (?:per|each)\b|每个.*调用一次/i.test(tool.description))
    return undefined
  const [only, ...others] = propertiesOf(tool.parameters).filter(([name]) => isRequired(tool.parameters, name))
  const items = rest
    .replace(/^[\s:：]+|[\s?？!。.]+$/g, '')
    .split(/\s*(?:,|、|，|;)\s*(?:and\s+)?|\s+and\s+|和/)
    .filter(Boolean)
  if (!only || others.length > 0 || typeOf(only[1]) !== 'string' || items.length < 2) return undefined
  return { calls: items.map((item) => ({ name: tool.name, args: { [only[0]]: item } })) }
}

function callRoute(text: string, tools: readonly OfflineTool[]): ToolChoice | undefined {
  for (const tool of tools) {
    const args = chooseRouteOf(text, tool)
    if (args) return { calls: [{ name: tool.name, args }] }
  }
  return undefined
}

/** The words of a tool's name that people would use: `get_weather` is `weather`. */
function nameWords(name: string): string[] {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d\p{L}]+/u)
    .filter(Boolean)
  const telling = words.filter(
    (word) => !/^(?:get|fetch|read|run|do|call|make|the|a|of|for|by|tool|api|info)$/.test(word),
  )
  return (telling.length > 0 ? telling : words).map(stemOf)
}

function fillArguments(tool: OfflineTool, text: string, rest: string): ToolChoice {
  const material = gatherMaterial(text, rest)
  const args: Record<string, unknown> = {}
  const missing: string[] = []
  // What has to be there chooses first.
  const byNeed = propertiesOf(tool.parameters).toSorted(
    ([a], [b]) => Number(isRequired(tool.parameters, b)) - Number(isRequired(tool.parameters, a)),
  )
  for (const [name, schema] of byNeed) {
    const required = isRequired(tool.parameters, name)
    // A part of the sentence is a guess: good enough where a text has to be there, not where it may be.
    if (!required) material.rest = undefined
    const value = takeValue(name, schema, material)
    if (value !== undefined) args[name] = value
    else if (required) missing.push(name)
  }
  return missing.length > 0 ? { tool: tool.name, missing } : { calls: [{ name: tool.name, args }] }
}

/** The parameter that takes a text: the one whose name fits, else the only one. */
function stringParameter(tool: OfflineTool, name: RegExp): string | undefined {
  const strings = propertiesOf(tool.parameters).filter(
    ([, schema]) => typeOf(schema) === 'string' && choicesOf(schema).length === 0,
  )
  const fitting = strings.find(([property]) => name.test(property)) ?? (strings.length === 1 ? strings[0] : undefined)
  return fitting?.[0]
}
