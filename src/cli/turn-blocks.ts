/**
 * Brings what happens in a session into blocks, one for each turn, one after the other: turns that begin without the
 * user (timers, work that an earlier process left behind) would else be mixed with those that a person waits for.
 */
import type { AgentEvent, TraceEntry } from '../core/events.ts'
import type { TurnResult } from '../core/turn.ts'
import type { Session } from '../session/session.ts'
import type { NodeStates } from './chat-view.ts'

/** Something that a session told. */
export type Happening =
  | { readonly kind: 'hop'; readonly traceId: string; readonly hop: TraceEntry }
  | { readonly kind: 'output'; readonly traceId: string; readonly event: AgentEvent }
  | { readonly kind: 'end'; readonly traceId: string; readonly result: TurnResult }
  | { readonly kind: 'states'; readonly states: NodeStates }

/** Shows blocks. */
export interface BlockView {
  /** A turn begins, or goes on, that nobody opened a block for; `behind` when another one has just ended, or begun to wait. */
  began(traceId: string, behind: boolean): void
  show(happening: Exclude<Happening, { kind: 'end' }>): void
  /** Something of a turn that has ended, while no block is open: background work. */
  showLate(happening: Exclude<Happening, { kind: 'end' }>): void
  ended(result: TurnResult): void
}

// Turns whose end is remembered, to tell their background work from turns that begin.
const maxEnded = 100

/** See the top of this file. */
export class TurnBlocks {
  #view: BlockView | undefined
  /** What is told before it is known which block it belongs to. */
  #held: Happening[] | undefined = []
  #current: string | undefined
  /** Of turns whose block comes when the present one is closed. */
  #later: Happening[] = []
  readonly #ended = new Set<string>()
  /** A block was closed just now: what comes at once was led to by what closed it. */
  #closing = false

  /** Listens to a session; what it tells is held until {@link TurnBlocks.release}. */
  listen(session: Session): void {
    session.on('output', (event) => this.#take({ kind: 'output', traceId: event.traceId, event }))
    session.on('trace', (hop) => this.#take({ kind: 'hop', traceId: hop.traceId, hop }))
    session.on('states', (states) => this.#take({ kind: 'states', states }))
    session.on('turn', (result) => this.#take({ kind: 'end', traceId: result.traceId, result }))
  }

  showIn(view: BlockView): void {
    this.#view = view
  }

  /** The turn whose block is open. */
  get current(): string | undefined {
    return this.#current
  }

  /** Holds what is told from now on: a turn is being begun, and its id is not known yet. */
  hold(): void {
    this.#held ??= []
  }

  /** Opens the block of a turn, if one was begun, and shows what was held. */
  release(traceId?: string): void {
    const held = this.#held ?? []
    this.#held = undefined
    if (traceId) this.#current = traceId
    for (const happening of held) this.#take(happening)
  }

  /** Closes the open block, whose turn will not be told to end. */
  abandon(): void {
    this.#held = undefined
    this.#current = undefined
  }

  #take(happening: Happening): void {
    if (this.#held) {
      this.#held.push(happening)
      return
    }
    if (happening.kind === 'states') {
      this.#view?.show(happening)
      return
    }
    const { traceId } = happening
    if (traceId === this.#current) this.#show(happening)
    else if (this.#ended.has(traceId) && happening.kind !== 'end') {
      if (this.#current === undefined) this.#view?.showLate(happening)
      else this.#view?.show(happening)
    } else if (this.#current === undefined) {
      this.#current = traceId
      this.#view?.began(traceId, this.#closing)
      this.#show(happening)
      // What streams can be left out: its result comes whole.
    } else if (happening.kind !== 'output' || !happening.event.transient) this.#later.push(happening)
  }

  #show(happening: Exclude<Happening, { kind: 'states' }>): void {
    if (happening.kind !== 'end') {
      this.#view?.show(happening)
      return
    }
    const { traceId, result } = happening
    this.#current = undefined
    this.#closing = true
    setImmediate(() => (this.#closing = false))
    if (result.status !== 'waiting') this.#remember(traceId)
    this.#view?.ended(result)
    const later = this.#later
    this.#later = []
    for (const each of later) this.#take(each)
  }

  #remember(traceId: string): void {
    this.#ended.add(traceId)
    if (this.#ended.size <= maxEnded) return
    for (const oldest of this.#ended) {
      this.#ended.delete(oldest)
      break
    }
  }
}
