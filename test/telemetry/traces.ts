import { context, propagation, trace, type Attributes } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
  type ReadableSpan,
} from '@opentelemetry/sdk-trace-base'
import { onTestFinished } from 'vitest'

/** Spans that have ended. */
export interface Traces {
  readonly spans: readonly ReadableSpan[]
  /** The only span of this name. */
  one(name: string): ReadableSpan
  /** Names of the spans below the only one of this name. */
  below(name: string): string[]
}

/** Registers OpenTelemetry's own SDK until the test ends. */
export function recordTraces(): Traces {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  trace.setGlobalTracerProvider(provider)
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  onTestFinished(async () => {
    trace.disable()
    context.disable()
    propagation.disable()
    await provider.shutdown()
  })
  const one = (name: string): ReadableSpan => {
    const found = exporter.getFinishedSpans().filter((span) => span.name === name)
    const names = exporter.getFinishedSpans().map((span) => span.name)
    if (found.length !== 1) throw new Error(`${found.length} spans '${name}' among: ${names.join(', ')}`)
    return found[0] as ReadableSpan
  }
  return {
    get spans() {
      return exporter.getFinishedSpans()
    },
    one,
    below: (name) => {
      const { spanId } = one(name).spanContext()
      return exporter
        .getFinishedSpans()
        .flatMap((span) => (span.parentSpanContext?.spanId === spanId ? [span.name] : []))
    },
  }
}

/** Those attributes whose names begin so, without that. */
export function attributesOf(span: ReadableSpan, prefix: string): Attributes {
  const own = Object.entries(span.attributes).filter(([name]) => name.startsWith(prefix))
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]))
}
