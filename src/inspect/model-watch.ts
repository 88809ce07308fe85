/** Looks at the model calls of all sessions of an inspector. */
import type { ChatAnswer } from '../model/chat-answer.ts'
import type { ModelCall, ModelCaller, ModelCallObserver, ModelObserver } from '../model/observer.ts'
import type { ModelEntry } from './entries.ts'

/** Where a call goes when it is over. */
export interface ModelCallKeeper {
  modelCalled(call: Omit<ModelEntry, 'seq' | 'time' | 'bytes'>): void
}

// Characters of an answer that are kept as the server sent them.
const longestRaw = 262_144
const secretHeaders = /^(set-cookie|cookie|authorization|proxy-|x-api-key)/

/** Makes the observer; `keeperOf` finds the session of a call, if it is still watched. */
export function modelObserver(
  keeperOf: (sessionId: string) => ModelCallKeeper | undefined,
  now: () => number,
): ModelObserver {
  return { began: (caller, call) => new CallWatch(caller, call, keeperOf, now) }
}

class CallWatch implements ModelCallObserver {
  readonly #caller: ModelCaller
  readonly #call: ModelCall
  readonly #keeperOf: (sessionId: string) => ModelCallKeeper | undefined
  readonly #now: () => number
  readonly #startedAt: number
  #firstTextAt: number | null = null
  #response: ModelEntry['response'] = null
  readonly #raw: string[] = []
  #rawLength = 0

  constructor(
    caller: ModelCaller,
    { url, body, streamed }: ModelCall,
    keeperOf: (sessionId: string) => ModelCallKeeper | undefined,
    now: () => number,
  ) {
    this.#caller = caller
    // The list is the node's, which may go on with it.
    this.#call = { url: withoutSecrets(url), streamed, body: { ...body, messages: [...body.messages] } }
    this.#keeperOf = keeperOf
    this.#now = now
    this.#startedAt = now()
  }

  responded({ status, headers }: Response): void {
    const shown = [...headers].filter(([name]) => !secretHeaders.test(name))
    this.#response = { status, headers: Object.fromEntries(shown) }
  }

  received(text: string): void {
    if (this.#rawLength >= longestRaw) return
    this.#raw.push(text.slice(0, longestRaw - this.#rawLength))
    this.#rawLength += text.length
  }

  said(): void {
    this.#firstTextAt ??= this.#now()
  }

  ended(answer: ChatAnswer | undefined, error: unknown): void {
    this.#keeperOf(this.#caller.sessionId)?.modelCalled({
      kind: 'model',
      caller: this.#caller,
      call: this.#call,
      startedAt: this.#startedAt,
      firstTextAt: this.#firstTextAt,
      response: this.#response,
      raw: this.#raw,
      answer,
      error,
    })
  }
}

/** Some servers take their key from the address. */
function withoutSecrets(url: string): string {
  const { origin, pathname, search } = new URL(url)
  return `${origin}${pathname}${search === '' ? '' : '?[redacted]'}`
}
