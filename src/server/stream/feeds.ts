/**
 * The feeds of the sessions that somebody follows.
 *
 * Invariants
 * 1. A session has a feed while a client follows it and for `replayFor` after, so that one that lost its connection finds
 *    what it missed. Following keeps no session live.
 * 2. At most `maxStreams` clients follow at the same time, and at most as many feeds are kept that nobody follows.
 */
import type { Clock } from '../../core/clock.ts'
import type { SessionPool } from '../../pool/session-pool.ts'
import { HttpError } from '../errors.ts'
import type { ResolvedServerLimits } from '../limits.ts'
import { Feed } from './feed.ts'
import { outputEvent, turnEvent } from './wire-event.ts'

interface OpenFeed {
  readonly feed: Feed
  readonly unwatch: () => void
  readers: number
  timer?: unknown
}

/** A feed that stays open until `release` is called. */
export interface FeedLease {
  readonly feed: Feed
  release(): void
}

/** See the top of this file. */
export class Feeds {
  readonly #pool: SessionPool
  readonly #clock: Clock
  readonly #limits: ResolvedServerLimits
  readonly #open = new Map<string, OpenFeed>()
  /** Those that nobody follows, the one that rests for the longest time first. */
  readonly #resting = new Map<string, OpenFeed>()
  /** How each stream is ended at shutdown. */
  readonly #streams = new Set<() => void>()
  #over = false

  constructor(pool: SessionPool, clock: Clock, limits: ResolvedServerLimits) {
    this.#pool = pool
    this.#clock = clock
    this.#limits = limits
  }

  /** Clients that follow now. */
  get streams(): number {
    return this.#streams.size
  }

  /** Sessions that have a feed now. */
  get size(): number {
    return this.#open.size
  }

  /**
   * Counts one more stream; the returned function takes it back. `end` is called when the server shuts down.
   * @throws HttpError 429 when there are too many.
   */
  enter(end: () => void = () => {}): () => void {
    const { maxStreams } = this.#limits
    if (this.#streams.size >= maxStreams)
      throw new HttpError(429, 'too_many_streams', `${maxStreams} streams are open already. Try again later.`, {
        'retry-after': '5',
      })
    // A function of its own for each, should two streams end in the same way.
    const own = (): void => end()
    this.#streams.add(own)
    if (this.#over) own()
    return () => void this.#streams.delete(own)
  }

  /** The feed of a session; `sequence` is where its log ends, as far as the caller knows. */
  lease(sessionId: string, sequence: number): FeedLease {
    const open = this.#open.get(sessionId) ?? this.#make(sessionId, sequence)
    this.#wake(sessionId, open)
    open.readers++
    let held = true
    return {
      feed: open.feed,
      release: () => {
        if (!held) return
        held = false
        open.readers--
        if (open.readers === 0) this.#rest(sessionId, open)
      },
    }
  }

  /** Ends all of them, and every one that is opened later. */
  close(): void {
    this.#over = true
    for (const end of this.#streams) end()
    for (const [sessionId, open] of this.#open) this.#close(sessionId, open)
  }

  #make(sessionId: string, sequence: number): OpenFeed {
    const { maxReplayEvents: maxEvents, maxReplayBytes: maxBytes, maxReplayAudioBytes: maxAudioBytes } = this.#limits
    const feed = new Feed({ maxEvents, maxBytes, maxAudioBytes }, { durable: `@${sequence}` })
    const unwatch = this.#pool.watch(sessionId, {
      output: (event) => feed.push(outputEvent(event)),
      turn: (result) => feed.push(turnEvent(result, this.#clock.now())),
      deleted: () => this.#close(sessionId, open),
    })
    const open: OpenFeed = { feed, unwatch, readers: 0 }
    if (this.#over) feed.close()
    this.#open.set(sessionId, open)
    return open
  }

  #rest(sessionId: string, open: OpenFeed): void {
    if (this.#open.get(sessionId) !== open) return
    if (this.#over) return this.#close(sessionId, open)
    this.#resting.set(sessionId, open)
    for (const [oldest, feed] of this.#resting) {
      if (this.#resting.size <= this.#limits.maxStreams) break
      this.#close(oldest, feed)
    }
    open.timer = this.#clock.setTimeout(() => this.#close(sessionId, open), this.#limits.replayFor)
    // It must not keep the process alive.
    ;(open.timer as { unref?(): void }).unref?.()
  }

  #wake(sessionId: string, open: OpenFeed): void {
    if (open.timer !== undefined) this.#clock.clearTimeout(open.timer)
    delete open.timer
    this.#resting.delete(sessionId)
  }

  #close(sessionId: string, open: OpenFeed): void {
    open.unwatch()
    open.feed.close()
    this.#wake(sessionId, open)
    if (this.#open.get(sessionId) === open) this.#open.delete(sessionId)
  }
}
