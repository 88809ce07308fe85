/** How long a call of the model may take, and in which parts. */
import type { Clock } from '../core/clock.ts'

/** Limits in milliseconds, each over 0; what is left out has none. */
export interface ModelTimeouts {
  /** For all calls that a node makes for one event, with their retries, pauses and fallbacks. */
  readonly totalMs?: number | undefined
  /** For one call of one model, with its retries and pauses; waiting for a place among `modelCalls` does not count. */
  readonly stepMs?: number | undefined
  /** From a streamed request until the answer's first piece: text, reasoning or part of a call. */
  readonly firstChunkMs?: number | undefined
  /** Between two events of a streamed answer, once it has begun. */
  readonly chunkMs?: number | undefined
}

/** Every fault of timeouts that somebody wrote. */
export function timeoutFaults(timeouts: ModelTimeouts | undefined): string[] {
  return Object.entries(timeouts ?? {}).flatMap(([name, value]: [string, unknown]) => {
    if (!Object.hasOwn(reasons, name))
      return [`there is no timeout '${name}' (there are: ${Object.keys(reasons).join(', ')})`]
    if (value === undefined || (typeof value === 'number' && value > 0 && Number.isFinite(value))) return []
    return [
      `timeout '${name}' is ${typeof value === 'number' ? value : `a ${typeof value}`}, not a number of milliseconds over 0`,
    ]
  })
}

const reasons = {
  totalMs: 'all calls for this event together were not through',
  stepMs: 'the call was not through',
  firstChunkMs: 'no piece of the answer came',
  chunkMs: 'nothing more of the answer came',
} as const satisfies Record<keyof ModelTimeouts, string>

/** Which limit was met, and what to say of it. */
export interface MetTimeout {
  readonly timeout: keyof ModelTimeouts
  readonly reason: string
}

/** Options of {@link CallTimer}. */
export interface CallTimerOptions {
  readonly clock: Clock
  readonly timeouts: ModelTimeouts
  /** When that began which `totalMs` limits, by the clock. */
  readonly since: number
  /** Called once. */
  readonly onTimeout: () => void
}

/** Watches one call. */
export class CallTimer {
  readonly #options: CallTimerOptions
  readonly #handles = new Map<keyof ModelTimeouts, unknown>()
  #heardAt = 0
  #met: MetTimeout | undefined
  #ended = false

  constructor(options: CallTimerOptions) {
    this.#options = options
    const { clock, since } = options
    this.#set('totalMs', since - clock.now())
  }

  /** The limit that was met. */
  get met(): MetTimeout | undefined {
    return this.#met
  }

  /** The call has its place, and goes off. Later requests of the same call do not begin anew. */
  begin(): void {
    if (!this.#handles.has('stepMs')) this.#set('stepMs')
  }

  /** A streamed request is sent. */
  sent(): void {
    this.#set('firstChunkMs')
  }

  /** A request has failed; another may follow after a pause. */
  failed(): void {
    this.#clear('firstChunkMs')
  }

  /** Something of the answer came; `begun` says that a piece of it was among that. */
  heard(begun: boolean): void {
    if (!begun) return
    this.#clear('firstChunkMs')
    const { clock, timeouts } = this.#options
    if (timeouts.chunkMs === undefined) return
    this.#heardAt = clock.now()
    // One timer for the whole stream, which looks at the time: one for each piece would cost more than the piece.
    if (!this.#handles.has('chunkMs')) this.#watchChunks(timeouts.chunkMs)
  }

  /** Clears all that is set. */
  end(): void {
    this.#ended = true
    for (const handle of this.#handles.values()) this.#options.clock.clearTimeout(handle)
    this.#handles.clear()
  }

  #watchChunks(limit: number): void {
    const { clock } = this.#options
    const left = this.#heardAt + limit - clock.now()
    if (left <= 0) this.#meet('chunkMs')
    else
      this.#handles.set(
        'chunkMs',
        clock.setTimeout(() => this.#watchChunks(limit), left),
      )
  }

  #set(timeout: keyof ModelTimeouts, offset = 0): void {
    const limit = this.#options.timeouts[timeout]
    if (limit === undefined || this.#ended) return
    const meet = (): void => this.#meet(timeout)
    this.#handles.set(timeout, this.#options.clock.setTimeout(meet, Math.max(0, limit + offset)))
  }

  #clear(timeout: keyof ModelTimeouts): void {
    if (!this.#handles.has(timeout)) return
    this.#options.clock.clearTimeout(this.#handles.get(timeout))
    this.#handles.delete(timeout)
  }

  #meet(timeout: keyof ModelTimeouts): void {
    if (this.#ended || this.#met) return
    const limit = this.#options.timeouts[timeout]
    this.#met = { timeout, reason: `${timeout} is ${limit}, and ${reasons[timeout]} within ${limit} ms` }
    this.#options.onTimeout()
  }
}
