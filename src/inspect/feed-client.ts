/**
 * One client of a feed.
 *
 * Invariants
 * 1. What waits for the client is bounded: over `maxBuffered` it gets no batches, and each of its sessions anew once it
 *    has caught up. One that goes on asking without reading is disconnected.
 * 2. A client sees and acts on the sessions that it may see; any other is to it as if it were not there.
 * 3. Every request gets one answer.
 */
import { TroupeError } from '../core/errors.ts'
import { readClientFrame } from './client-frames.ts'
import type { Inspector } from './inspector.ts'
import { errorView } from './plain.ts'
import { inspectProtocol, type Answers, type ClientFrame, type ServerFrame } from './protocol.ts'
import { detailOf, historyOf, messagesOf, perform, type ReadMessages, type Sees } from './requests.ts'
import { pageOf, type ListStored } from './session-pages.ts'
import type { Subscriber, Watch } from './watch.ts'

/** What a feed needs of a socket; `WebSocket` of `ws` and of browsers, and hono's, have it or are easily made to. */
export interface FeedSocket {
  send(text: string): void
  close(code?: number, reason?: string): void
  /** Bytes that were sent and have not left yet; undefined where that is not known. */
  readonly bufferedAmount?: number | undefined
}

/** Options of a feed. */
export interface FeedOptions {
  /** Whether clients may act on sessions. Default: true. */
  readonly canAct?: boolean
  /** Bytes that may wait for a slow client before it gets nothing more until it has caught up. Default: 4 MB. */
  readonly maxBuffered?: number
  /**
   * Runs `work` while a session is live: opens it first where it has stopped, such as one that a pool has passivated, or
   * is only stored. `pool.use` does. Default: a stopped session can be looked at, and no more.
   */
  readonly whileLive?: <T>(sessionId: string, work: () => Promise<T>) => Promise<T>
  /** Reads the messages of a stopped session without opening it, such as from its store. Default: it is opened for that. */
  readonly messages?: ReadMessages
}

interface ClientOptions {
  readonly canAct: boolean
  readonly maxBuffered: number
  readonly sees: Sees
  readonly whileLive: FeedOptions['whileLive']
  readonly stored: ListStored | undefined
  readonly messages: FeedOptions['messages']
}

const maxSubscriptions = 20
// Milliseconds.
const catchUpInterval = 100
// Close code of RFC 6455 for clients that break the rules of the server.
const policyViolation = 1008

/** See the top of this file. */
export class FeedClient implements Subscriber {
  readonly socket: FeedSocket
  readonly #inspector: Inspector
  readonly #options: ClientOptions
  readonly #subscribed = new Set<Watch>()
  /** Sessions of which batches were dropped. */
  readonly #behind = new Set<Watch>()
  readonly #machines = new Set<string>()
  /** Sessions that changed in the list since it was told. */
  readonly #changed = new Set<Watch>()
  #stopList: (() => void) | undefined
  #catchUp: unknown
  #gone = false

  constructor(inspector: Inspector, socket: FeedSocket, options: ClientOptions) {
    this.#inspector = inspector
    this.socket = socket
    this.#options = options
    this.#send({
      type: 'hello',
      protocol: inspectProtocol,
      run: inspector.run,
      time: inspector.clock.now(),
      canAct: options.canAct,
    })
  }

  /** Takes a frame. */
  receive(text: string): void {
    if (this.#gone) return
    if (this.#buffered() > 4 * this.#options.maxBuffered) {
      this.leave()
      this.socket.close(policyViolation, 'read what you ask for')
      return
    }
    const frame = readClientFrame(text)
    if ('fault' in frame) this.#fail(frame.fault.id, new TroupeError('bad_frame', frame.fault.message))
    else void this.#answer(frame).catch((error: unknown) => this.#fail(frame.id, error))
  }

  /** The client is gone, or is to be. */
  leave(): void {
    this.#gone = true
    this.#stopList?.()
    if (this.#catchUp !== undefined) this.#inspector.clock.clearTimeout(this.#catchUp)
    for (const watch of this.#subscribed) this.#leave(watch)
  }

  // --- what the inspector says -----------------------------------------------------------

  batch(watch: Watch, frame: string): void {
    if (this.#behind.has(watch)) return
    if (this.#buffered() > this.#options.maxBuffered) {
      this.#behind.add(watch)
      this.#send({ type: 'resync', session: watch.id })
      this.#catchUpLater()
      return
    }
    this.#tellMachine(watch)
    this.socket.send(frame)
  }

  #catchUpLater(): void {
    const { clock } = this.#inspector
    this.#catchUp ??= clock.setTimeout(() => {
      this.#catchUp = undefined
      if (this.#buffered() > this.#options.maxBuffered / 4) return this.#catchUpLater()
      for (const watch of Array.from(this.#behind)) this.#show(watch, null)
    }, catchUpInterval)
  }

  restarted(watch: Watch): void {
    for (const known of this.#subscribed) if (known.id === watch.id) this.#forget(known)
    this.#subscribed.add(watch)
    this.#show(watch, null)
  }

  // --- what the client asks --------------------------------------------------------------

  async #answer(frame: ClientFrame): Promise<void> {
    const { id } = frame
    if (frame.type === 'sessions') {
      const { sees, stored } = this.#options
      this.#listen()
      return this.#ok(id, await pageOf(this.#inspector, sees, stored, frame))
    }
    // One that is known is answered at once, in the order of asking.
    const watch = this.#known(frame.session) ?? (await this.#opened(frame.session))
    switch (frame.type) {
      case 'subscribe':
        return this.#subscribe(id, watch)
      case 'unsubscribe':
        this.#leave(watch)
        return this.#ok(id, null)
      case 'history':
        return this.#ok(id, historyOf(this.#inspector, watch, frame))
      case 'detail':
        return this.#ok(id, detailOf(this.#inspector, watch, frame.seq))
      case 'messages':
        return this.#ok(id, await this.#messages(watch))
      case 'act': {
        const { act } = frame
        if (!this.#options.canAct) throw new TroupeError('look_only', 'This server lets inspectors look only.')
        // What has stopped need not be opened for that.
        if (act.kind === 'stop') return this.#ok(id, await perform(watch, act))
        return this.#ok(id, await this.#whileLive(watch, (live) => perform(live, act)))
      }
    }
  }

  #whileLive<T>(watch: Watch, work: (watch: Watch) => Promise<T>): Promise<T> {
    const { whileLive } = this.#options
    if (watch.source !== 'troupe' || !whileLive) return work(watch)
    return whileLive(watch.id, () => work(this.#known(watch.id) ?? watch))
  }

  async #messages(watch: Watch): Promise<Answers['messages']> {
    const read = this.#options.messages
    if (read) return messagesOf(this.#inspector, watch, read)
    return this.#whileLive(watch, (live) => messagesOf(this.#inspector, live))
  }

  #known(session: string): Watch | undefined {
    return this.#options.sees(session) ? this.#inspector.find(session) : undefined
  }

  /** A stored session that is looked at for the first time. */
  async #opened(session: string): Promise<Watch> {
    const { sees, whileLive } = this.#options
    const watch =
      sees(session) && whileLive && (await whileLive(session, async () => this.#known(session)).catch(noneStored))
    if (!watch) throw new TroupeError('session_unknown', `There is no session '${session}' to be seen here.`)
    return watch
  }

  #subscribe(id: number, watch: Watch): void {
    if (!this.#subscribed.has(watch) && this.#subscribed.size >= maxSubscriptions)
      throw new TroupeError('too_many_subscriptions', `A client may look at ${maxSubscriptions} sessions at a time.`)
    // Those who look already get what is new first: from then on, all have the same state.
    this.#inspector.flush(watch)
    this.#subscribed.add(watch)
    watch.subscribers ??= new Set()
    watch.subscribers.add(this)
    this.#show(watch, id)
  }

  #show(watch: Watch, id: number | null): void {
    this.#behind.delete(watch)
    if (watch.shown === undefined || watch.subscribers?.size === 1) {
      watch.fresh = []
      watch.shown = watch.state()
    }
    this.#tellMachine(watch)
    const { shown: state, firstSeq } = watch
    // What the others have not seen yet comes with the next batch.
    const lastSeq = (watch.fresh[0]?.seq ?? watch.lastSeq + 1) - 1
    const session = this.#inspector.plain.of('session', watch.summary())
    this.#send({ type: 'subscribed', id, session, state, firstSeq, lastSeq })
  }

  #forget(watch: Watch): void {
    this.#subscribed.delete(watch)
    this.#behind.delete(watch)
  }

  #leave(watch: Watch): void {
    this.#forget(watch)
    watch.subscribers?.delete(this)
    if (watch.subscribers?.size !== 0) return
    watch.subscribers = undefined
    watch.shown = undefined
    watch.fresh = []
  }

  #listen(): void {
    this.#stopList ??= this.#inspector.onList((watches) => {
      for (const watch of watches) if (this.#options.sees(watch.id)) this.#changed.add(watch)
      // A client that is slow gets what it has missed with the next change.
      if (this.#changed.size === 0 || this.#buffered() > this.#options.maxBuffered) return
      const sessions = [...this.#changed].map((watch) => this.#inspector.plain.of('session', watch.summary()))
      this.#changed.clear()
      this.#send({ type: 'sessions_changed', sessions })
    })
  }

  // --- sending ---------------------------------------------------------------------------

  #tellMachine(watch: Watch): void {
    const machine = watch.machine()
    if (!machine || this.#machines.has(machine.hash)) return
    this.#machines.add(machine.hash)
    this.#send({ type: 'machine', machine })
  }

  #ok(id: number, result: Answers[keyof Answers]): void {
    this.#send({ type: 'ok', id, result })
  }

  #fail(id: number | null, error: unknown): void {
    const { code = 'internal', message } = errorView(error)
    this.#send({ type: 'error', id, error: this.#inspector.plain.of('error', { code, message }) })
  }

  #send(frame: ServerFrame): void {
    if (!this.#gone) this.socket.send(JSON.stringify(frame))
  }

  #buffered(): number {
    return this.socket.bufferedAmount ?? 0
  }
}

function noneStored(error: unknown): undefined {
  // Any other says what is wrong with the session.
  if (!TroupeError.isInstance(error) || error.code !== 'session_not_found') throw error
}
