/** What is told of a call of the model: a span by the conventions of OpenTelemetry for generative AI, and a report. */
import { SpanKind, type Attributes, type Span } from '@opentelemetry/api'
import type OpenAI from 'openai'
import type { ChatCompletionCreateParams } from 'openai/resources'
import { tellObserver, type CallObserver } from '../core/call-observer.ts'
import type { Clock } from '../core/clock.ts'
import { activeTracer, capturesContent, inSpan } from '../core/telemetry.ts'
import type { ChatAnswer } from './chat-answer.ts'
import { ModelError } from './model-error.ts'

/** Who is told of a call, and by which clock. */
export interface Observation {
  readonly observer: CallObserver | undefined
  readonly clock: Clock
}

/** Makes the call that `work` makes, and tells of it. */
export function observedChat(
  client: OpenAI,
  body: ChatCompletionCreateParams,
  observation: Observation,
  work: () => Promise<ChatAnswer>,
): Promise<ChatAnswer> {
  const reported = observation.observer?.modelCall ? () => report(body.model, observation, work) : work
  const tracer = activeTracer()
  if (!tracer) return reported()
  const options = { name: `chat ${body.model}`, kind: SpanKind.CLIENT, attributes: requestAttributes(client, body) }
  return inSpan(tracer, options, reported, (span, answer) => {
    span.setAttributes(answerAttributes(answer))
    if (capturesContent()) captureAnswer(span, answer)
  })
}

async function report(
  model: string,
  { observer, clock }: Observation,
  work: () => Promise<ChatAnswer>,
): Promise<ChatAnswer> {
  const began = clock.now()
  const tell = (error: string | null, answer?: ChatAnswer): void =>
    tellObserver(() => observer?.modelCall?.({ model, error, took: clock.now() - began, usage: answer?.usage ?? null }))
  try {
    const answer = await work()
    tell(null, answer)
    return answer
  } catch (error) {
    tell(error instanceof ModelError ? error.code : 'model_failed')
    throw error
  }
}

function requestAttributes(client: OpenAI, body: ChatCompletionCreateParams): Attributes {
  const { model, temperature, top_p, max_tokens, max_completion_tokens, seed } = body
  const limit = max_completion_tokens ?? max_tokens
  const attributes: Attributes = { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'openai' }
  attributes['gen_ai.request.model'] = model
  if (URL.canParse(client.baseURL)) {
    const { hostname, port, protocol } = new URL(client.baseURL)
    attributes['server.address'] = hostname
    attributes['server.port'] = Number(port) || (protocol === 'http:' ? 80 : 443)
  }
  if (typeof temperature === 'number') attributes['gen_ai.request.temperature'] = temperature
  if (typeof top_p === 'number') attributes['gen_ai.request.top_p'] = top_p
  if (typeof limit === 'number') attributes['gen_ai.request.max_tokens'] = limit
  if (typeof seed === 'number') attributes['gen_ai.request.seed'] = seed
  if (capturesContent()) attributes['gen_ai.input.messages'] = JSON.stringify(body.messages)
  return attributes
}

function answerAttributes({ usage, finishReason, model }: ChatAnswer): Attributes {
  return {
    'gen_ai.usage.input_tokens': usage.inputTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    ...(finishReason === null ? {} : { 'gen_ai.response.finish_reasons': [finishReason] }),
    ...(model === null ? {} : { 'gen_ai.response.model': model }),
  }
}

function captureAnswer(span: Span, { text, toolCalls, refusal }: ChatAnswer): void {
  const message = {
    role: 'assistant',
    content: text || refusal,
    ...(toolCalls.length > 0 ? { tool_calls: toolCalls } : {}),
  }
  span.setAttribute('gen_ai.output.messages', JSON.stringify([message]))
}
