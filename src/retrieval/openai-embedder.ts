/** `openaiEmbedder`: vectors from any server that speaks OpenAI's embeddings. */
import type OpenAI from 'openai'
import { systemClock, type Clock } from '../core/clock.ts'
import { defaultModelClient, isOffline } from '../model/client.ts'
import { ModelError, toModelError } from '../model/model-error.ts'
import { withRetries } from '../model/retry.ts'
import { IndexError } from './index-error.ts'
import { normalized, type Embedder } from './vectors.ts'

/** Options of {@link openaiEmbedder}. */
export interface OpenaiEmbedderOptions {
  /** Name of the model, such as `text-embedding-3-small` or `nomic-embed-text`. */
  readonly model: string
  /** Default: the client that the environment names (`OPENAI_API_KEY`, `OPENAI_BASE_URL`). */
  readonly client?: OpenAI
  /** Length of the vectors, for models that let one choose. Default: the model's. */
  readonly dimensions?: number
  /** The most texts of one request. Default: 64. */
  readonly batchSize?: number
  /** Times the pauses before retries. Default: the system's clock. */
  readonly clock?: Clock
}

/**
 * An embedder that calls a server. Texts go in batches, one after the other; a batch that fails is sent again, at most
 * `client.maxRetries` times. `embed` rejects with ModelError, and with an IndexError of code `index_embedder` where the
 * environment names no server.
 */
export function openaiEmbedder(options: OpenaiEmbedderOptions): Embedder {
  const { model, dimensions, batchSize = 64, clock = systemClock } = options
  return {
    name: `openai:${model}${dimensions === undefined ? '' : `@${dimensions}`}`,
    threshold: 0.1,
    async embed(texts, { signal: outer } = {}) {
      const client = options.client ?? defaultModelClient()
      if (isOffline(client)) {
        const reason = `Embeddings of '${model}' need a server: set OPENAI_API_KEY or OPENAI_BASE_URL. Offline there are the embeddings energetic and hashed.`
        throw new IndexError('index_embedder', reason)
      }
      const address = { model, baseURL: client.baseURL }
      const controller = new AbortController()
      const abort = (): void => controller.abort()
      outer?.addEventListener('abort', abort)
      const { signal } = controller
      const vectors: Float32Array[] = []
      try {
        for (let start = 0; start < texts.length; start += batchSize) {
          outer?.throwIfAborted()
          // A server refuses an empty text.
          const input = texts.slice(start, start + batchSize).map((text) => text || ' ')
          const request = { model, input, encoding_format: 'float' as const, ...(dimensions ? { dimensions } : {}) }
          const send = async (): Promise<Float32Array[]> => {
            try {
              const answer = await client.embeddings.create(request, { signal, maxRetries: 0 })
              return vectorsOf(answer, input.length)
            } catch (error) {
              throw error instanceof TypeError ? badAnswer(address, error) : toModelError(error, address)
            }
          }
          const retry = { retries: client.maxRetries, clock, random: Math.random, signal }
          vectors.push(...(await withRetries(send, retry)))
        }
        return vectors
      } finally {
        outer?.removeEventListener('abort', abort)
      }
    },
  }
}

function vectorsOf({ data }: OpenAI.CreateEmbeddingResponse, count: number): Float32Array[] {
  const list: readonly unknown[] = Array.isArray(data) ? data : []
  const vectors = list.map((entry, place) => {
    const { index = place, embedding } = (entry ?? {}) as { index?: number; embedding?: unknown }
    const isVector = Array.isArray(embedding) && embedding.length > 0 && embedding.every(Number.isFinite)
    if (!isVector) throw new TypeError(`text ${index + 1} got no vector of numbers`)
    return { index, vector: normalized(Float32Array.from(embedding as number[])) }
  })
  if (vectors.length !== count) throw new TypeError(`${count} texts got ${vectors.length} vectors`)
  return vectors.sort((a, b) => a.index - b.index).map(({ vector }) => vector)
}

function badAnswer(address: { model: string; baseURL: string }, cause: Error): ModelError {
  const advice = 'Check that the model is one for embeddings, and that the server has /embeddings.'
  return new ModelError('model_bad_answer', { ...address, reason: cause.message, advice, cause })
}
