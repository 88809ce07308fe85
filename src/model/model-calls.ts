/** A limit on how many calls of the model are under way at the same time, for each provider. */
import { TroupeError } from '../core/errors.ts'

declare module '../core/node.ts' {
  interface Services {
    /** Limits the calls of the model of all sessions that share it. Default: none. */
    readonly modelCalls?: ModelCalls
  }
}

interface Provider {
  running: number
  readonly waiting: Set<() => void>
}

/** Counts calls by the base URL of the provider. Who comes first is served first. */
export class ModelCalls {
  readonly max: number
  /** Those with a call that is under way; so it does not grow with the providers that were ever called. */
  readonly #providers = new Map<string, Provider>()

  /**
   * `max` calls of one provider at the same time.
   * @throws TroupeError `model_calls` unless it is a whole number from 1.
   */
  constructor(max: number) {
    if (!(Number.isInteger(max) && max >= 1)) {
      throw new TroupeError('model_calls', `At most ${max} calls of a model at a time: give a whole number from 1.`)
    }
    this.max = max
  }

  /** Calls under way and waiting, by base URL. */
  counts(): Record<string, { readonly running: number; readonly waiting: number }> {
    const entries = [...this.#providers].map(
      ([baseURL, { running, waiting }]) => [baseURL, { running, waiting: waiting.size }] as const,
    )
    return Object.fromEntries(entries)
  }

  /**
   * Resolves when a call may begin, with a function that tells that it has ended; more calls of that have no effect.
   * Rejects with the signal's reason when it is aborted before.
   */
  begin(baseURL: string, signal?: AbortSignal): Promise<() => void> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error)
    const provider = this.#providers.get(baseURL) ?? { running: 0, waiting: new Set() }
    this.#providers.set(baseURL, provider)
    if (provider.running < this.max) {
      provider.running++
      return Promise.resolve(this.#end(baseURL, provider))
    }
    return new Promise((resolve, reject) => {
      const start = (): void => {
        signal?.removeEventListener('abort', abort)
        resolve(this.#end(baseURL, provider))
      }
      const abort = (): void => {
        provider.waiting.delete(start)
        reject(signal?.reason as Error)
      }
      signal?.addEventListener('abort', abort, { once: true })
      provider.waiting.add(start)
    })
  }

  #end(baseURL: string, provider: Provider): () => void {
    let running = true
    return () => {
      if (!running) return
      running = false
      // Its place goes to who waits for one, so the count stays as it is.
      for (const start of provider.waiting) {
        provider.waiting.delete(start)
        start()
        return
      }
      provider.running--
      if (provider.running === 0) this.#providers.delete(baseURL)
    }
  }
}
