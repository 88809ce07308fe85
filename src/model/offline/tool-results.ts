/** Puts the results of tools into words. */
import type { OfflineMessage, OfflineRequest } from './request.ts'
import { standInLine } from './stand-in.ts'

/** Reports the results with which the messages end; undefined when they end with something else. */
export function reportResults({ messages }: OfflineRequest): string | undefined {
  const results: OfflineMessage[] = []
  let at = messages.length - 1
  for (; messages[at]?.role === 'tool'; at--) results.unshift(messages[at] as OfflineMessage)
  if (results.length === 0) return undefined
  // Documents may stand between a call and the end, but results follow their calls.
  const calls = messages.findLast(({ calls }) => calls.length > 0)?.calls ?? []
  return results
    .map((result) => {
      const call = calls.find(({ id }) => id === result.callId)
      // An agent that was called is a stand-in, too: it is said once.
      return describe(call?.name ?? 'The tool', expressionOf(call?.arguments), result.text.replace(standInLine, ''))
    })
    .join('\n')
}

function describe(tool: string, expression: string | undefined, content: string): string {
  const { text, failed } = readContent(content)
  if (failed) return `${tool} did not succeed${expression ? ` with ${expression}` : ''}: ${asSentence(text)}`
  if (expression && isNumber(text)) return `${expression} = ${text}.`
  return text === '' ? `${tool} returned nothing.` : `${tool} returned: ${asSentence(text)}`
}

/** The arithmetic of a call: the only text among its arguments that has digits and operators and nothing else. */
function expressionOf(text: string | undefined): string | undefined {
  const args = parse(text ?? '')
  if (typeof args !== 'object' || args === null) return undefined
  return Object.values(args).find(
    (value): value is string => typeof value === 'string' && /^[-+*/^%().\d\s]*\d[-+*/^%().\d\s]*$/.test(value),
  )
}

function readContent(content: string): { text: string; failed: boolean } {
  const value = parse(content)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const members = value as Record<string, unknown>
    const error = members['error']
    if (error !== undefined && error !== null && error !== false) return { text: plain(error), failed: true }
    const known = ['result', 'value', 'answer', 'output', 'content', 'text'].find((key) => key in members)
    const single = Object.keys(members).length === 1 ? Object.values(members)[0] : undefined
    return { text: plain(known === undefined ? (single ?? value) : members[known]), failed: false }
  }
  const text = value === undefined ? content : plain(value)
  return { text, failed: /^\s*(?:error|failed|failure|exception|no result)\b|^\s*(?:错误|失败)/i.test(text) }
}

function plain(value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value)).trim()
}

function asSentence(text: string): string {
  return /[.!?。！？}\]]$/.test(text) ? text : `${text}.`
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
