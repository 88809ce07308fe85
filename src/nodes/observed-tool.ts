/** What is told of a call of a tool: a span, a child of its turn's, and a report. */
import { SpanKind } from '@opentelemetry/api'
import { tellObserver, type CallObserver } from '../core/call-observer.ts'
import type { CallResult } from '../core/payloads.ts'
import { activeTracer, capturesContent, failSpan, inSpan } from '../core/telemetry.ts'

/** A call as it is told of. */
export interface ObservedCall {
  readonly id: string
  readonly name: string
  readonly args: unknown
}

/** Who is told of it. */
export interface ToolObservation {
  readonly observer: CallObserver | undefined
  readonly now: () => number
  /** Whether there is a tool of that name: models make names up. */
  readonly isKnown: boolean
}

/** Makes the call that `work` makes, and tells of it. */
export function observedTool(
  call: ObservedCall,
  observation: ToolObservation,
  work: () => Promise<CallResult>,
): Promise<CallResult> {
  const reported = observation.observer?.toolCall ? () => report(call, observation, work) : work
  const tracer = activeTracer()
  if (!tracer) return reported()
  const captures = capturesContent()
  const attributes = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': call.name,
    'gen_ai.tool.call.id': call.id,
    'gen_ai.tool.type': 'function',
    ...(captures ? { 'gen_ai.tool.call.arguments': JSON.stringify(call.args) } : {}),
  }
  const options = { name: `execute_tool ${call.name}`, kind: SpanKind.INTERNAL, attributes }
  return inSpan(tracer, options, reported, (span, { isError, content }) => {
    // Why it failed may quote what was said, so it is content.
    if (isError) failSpan(span, 'tool_error', captures ? content : undefined)
    if (captures) span.setAttribute('gen_ai.tool.call.result', content)
  })
}

async function report(
  { name }: ObservedCall,
  { observer, now, isKnown }: ToolObservation,
  work: () => Promise<CallResult>,
): Promise<CallResult> {
  const began = now()
  const tell = (isError: boolean): void =>
    tellObserver(() => observer?.toolCall?.({ tool: isKnown ? name : null, isError, took: now() - began }))
  try {
    const result = await work()
    tell(result.isError ?? false)
    return result
  } catch (error) {
    tell(true)
    throw error
  }
}
