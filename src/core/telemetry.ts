/**
 * Traces by OpenTelemetry, where the process has registered an SDK: a span for each turn, with a child for each call of
 * the model and of a tool. With none, nothing is made and next to nothing is spent.
 */
import {
  context,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Attributes,
  type Span,
  type SpanKind,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api'

const scope = 'troupe'

/** The tracer of the registered SDK; undefined where there is none. */
export function activeTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider() as TracerProvider & {
    getDelegateTracer?: (name: string) => Tracer | undefined
  }
  // The API stands a proxy before the SDK; only what is behind it tells whether anybody listens.
  return provider.getDelegateTracer ? provider.getDelegateTracer(scope) : provider.getTracer(scope)
}

/** Runs work in no span, such as what outlives whatever began it. */
export function outsideSpans<T>(work: () => T): T {
  return activeTracer() ? context.with(ROOT_CONTEXT, work) : work()
}

/** How a span is made. */
export interface SpanOptions {
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: Attributes
}

/**
 * Runs work in a span of its own, a child of the active one. `conclude` says what the span tells of the result; where the
 * work fails, the span says so by the stable code of its error.
 */
export function inSpan<T>(
  tracer: Tracer,
  { name, kind, attributes }: SpanOptions,
  work: (span: Span) => Promise<T>,
  conclude: (span: Span, result: T) => void,
): Promise<T> {
  const span = tracer.startSpan(name, { kind, attributes })
  return context.with(trace.setSpan(context.active(), span), async () => {
    try {
      const result = await work(span)
      conclude(span, result)
      return result
    } catch (error) {
      const { code, message } = error as { code?: unknown; message?: unknown }
      failSpan(span, typeof code === 'string' ? code : '_OTHER', typeof message === 'string' ? message : undefined)
      throw error
    } finally {
      span.end()
    }
  })
}

/** Marks a span as failed, by a stable code. */
export function failSpan(span: Span, code: string, message?: string): void {
  span.setAttribute('error.type', code)
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) })
}

/**
 * True when spans may hold what was said: messages, arguments and results of tools. OpenTelemetry's own variable for
 * that, `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`, has to be `true`.
 */
export function capturesContent(): boolean {
  return process.env['OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT']?.trim().toLowerCase() === 'true'
}
