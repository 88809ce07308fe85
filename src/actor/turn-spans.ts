/**
 * The spans of a live session's turns, where an OpenTelemetry SDK is registered. What the handlers of a turn do is done
 * in its span, so that their own spans, and those of the calls that they make, are its children.
 */
import { context, ROOT_CONTEXT, SpanKind, trace, type Context, type Span } from '@opentelemetry/api'
import { activeTracer, failSpan } from '../core/telemetry.ts'
import type { TurnResult } from '../core/turn.ts'

/** Whose turns they are. */
export interface TracedSession {
  readonly id: string
  readonly agent: { readonly id: string; readonly version: number }
}

interface OpenSpan {
  readonly span: Span
  readonly context: Context
}

/** See the top of this file. */
export class TurnSpans {
  /** Whether there was an SDK when the session was opened or took its last input: asked for each job, that would cost. */
  active = activeTracer() !== undefined
  readonly #session: TracedSession
  /** Made with the first span. */
  #open: Map<string, OpenSpan> | undefined

  constructor(session: TracedSession) {
    this.#session = session
  }

  /** An input of the turn is taken, on behalf of whatever span is active; one that has a span already keeps it. */
  begin(traceId: string, parent: Context = context.active()): Context | undefined {
    const known = this.#open?.get(traceId)
    if (known) return known.context
    const tracer = activeTracer()
    this.active = tracer !== undefined
    if (!tracer) return undefined
    const { id, agent } = this.#session
    const attributes = {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent.id,
      'gen_ai.agent.version': String(agent.version),
      'gen_ai.conversation.id': id,
      'troupe.turn.id': traceId,
    }
    const span = tracer.startSpan(`invoke_agent ${agent.id}`, { kind: SpanKind.INTERNAL, attributes }, parent)
    const open = { span, context: trace.setSpan(parent, span) }
    this.#open ??= new Map()
    this.#open.set(traceId, open)
    return open.context
  }

  /** The context of a turn's work. A turn that no input began (a timer's, one of a restored session) begins here. */
  contextOf(traceId: string, background: boolean): Context | undefined {
    // What speaks on after the turn has ended must not begin a span that nothing would end.
    return background ? this.#open?.get(traceId)?.context : this.begin(traceId, ROOT_CONTEXT)
  }

  /** The turn has ended, or waits: what goes on with it later is in a span of its own. */
  end({ traceId, status, usage, error }: TurnResult): void {
    const span = this.#take(traceId)
    if (!span) return
    span.setAttributes({
      'troupe.turn.status': status,
      'troupe.turn.model_calls': usage.calls,
      'gen_ai.usage.input_tokens': usage.inputTokens,
      'gen_ai.usage.output_tokens': usage.outputTokens,
    })
    if (error) failSpan(span, error.code, error.message)
    span.end()
  }

  /** The input has joined another turn, in whose span it goes on. */
  join(traceId: string): void {
    this.#take(traceId)?.end()
  }

  /** The session is stopped, or refuses the input. */
  abandon(): void {
    for (const { span } of this.#open?.values() ?? []) {
      span.setAttribute('troupe.turn.status', 'interrupted')
      span.end()
    }
    this.#open = undefined
  }

  #take(traceId: string): Span | undefined {
    const span = this.#open?.get(traceId)?.span
    this.#open?.delete(traceId)
    return span
  }
}
