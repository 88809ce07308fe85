/**
 * What clients do to turns that are open: cancel them, at once or at a safe point, and send messages that interrupt them,
 * take them back or join them.
 */
import type { Json } from '../core/json.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Effects } from './effects.ts'
import { giveUpTurn, openWork } from './node-actors.ts'
import { turnsAtSafePoint, workToFinish, type CancelPoint, type WorkingSession } from './safe-point.ts'
import type { SessionIds } from './session-ids.ts'
import type { TimerTable } from './timer-table.ts'
import type { TurnLedger, TurnRecord } from './turn-ledger.ts'
import type { TurnPolicy } from './turn-policy.ts'
import { TurnUndo, type UndoneSession } from './turn-undo.ts'

/** What is needed of the session. */
export interface ControlledSession extends UndoneSession, WorkingSession {
  readonly effects: Effects
}

/** The parts of the session that it works on. */
interface ControlledParts {
  readonly ledger: TurnLedger
  readonly timers: TimerTable
  readonly ids: SessionIds
}

/** See the top of this file. */
export class TurnControl {
  readonly #session: ControlledSession
  readonly #parts: ControlledParts
  /** What takes the running turn back; undefined where nothing can. */
  #undo: TurnUndo | undefined
  /** An input may wait to join the running turn. A field, since every delivery looks at it. */
  steering = false
  /** A turn waits for a safe point to be cancelled at. A field, since every step looks at it. */
  cancelling = false

  constructor(session: ControlledSession, parts: ControlledParts) {
    this.#session = session
    this.#parts = parts
  }

  /** Goes on from a checkpoint. */
  restore({ turns, undo }: Checkpoint): void {
    this.cancelling = turns.some(({ cancelAfter }) => cancelAfter)
    this.steering = turns.some(({ steers }) => steers)
    if (undo) this.#undo = new TurnUndo(this.#session, undo, this.#parts.timers)
  }

  /** Of a new branch for a message that takes the running turn back. */
  newTraceId(policy?: TurnPolicy): string {
    const { ids } = this.#parts
    if (policy === 'rollback' && this.#undoable()) ids.nextBranch()
    return ids.newTraceId()
  }

  /** Does to the turns at work what a message asks for; true when it is to join the running one. */
  makeWay(policy: TurnPolicy): boolean {
    if (policy === 'enqueue' || policy === 'reject') return false
    const running = this.#parts.ledger.all().filter(({ status }) => status === 'running')
    if (policy === 'steer') {
      if (running.length > 0) this.steering = true
      return running.length > 0
    }
    for (const turn of running) this.#giveUp(turn)
    const undoable = policy === 'rollback' ? this.#undoable() : undefined
    if (undoable) this.#takeBack(undoable)
    return false
  }

  /** Gives a turn up, at once or when what is at work there is through. */
  cancel(turn: TurnRecord, at: CancelPoint): void {
    const unfinished = workToFinish(this.#session, turn.traceId, at)
    if (unfinished.length === 0) return this.#giveUp(turn)
    turn.cancelAfter = unfinished
    this.cancelling = true
    this.#session.effects.durable = true
  }

  /** A message or a signal is about to begin a turn. */
  begins(traceId: string): void {
    const { ledger } = this.#parts
    const isAlone = ledger.all().every((turn) => turn.status !== 'running' || turn.traceId === traceId)
    this.#undo = isAlone ? new TurnUndo(this.#session, traceId, this.#parts.timers) : undefined
  }

  /** A handler has set the state of its node. */
  stateSet(node: string, value: Json, traceId: string): void {
    if (this.#undo && this.#undo.traceId !== traceId) this.#undo.keep(node, value)
  }

  /** The chart took a durable event: what another turn changed cannot be told apart from what the running one did. */
  took(traceId: string): void {
    const undo = this.#undo
    if (!undo) return
    const snapshot: unknown = this.#session.root.getSnapshot()
    if (snapshot !== undo.latest && traceId !== undo.traceId) this.#undo = undefined
    undo.latest = snapshot
  }

  /** Messages were appended, by a turn or by none. */
  appended(traceId: string | undefined): void {
    if (this.#undo && this.#undo.traceId !== traceId) this.#undo = undefined
  }

  /** For the checkpoint. */
  undoData(): Pick<Checkpoint, 'undo'> {
    if (!this.#undo || !this.#parts.ledger.get(this.#undo.traceId)) return {}
    return { undo: this.#undo.data() }
  }

  /** Gives up the turns that are at their safe point; to be called before turns are settled. */
  cancelAtSafePoints(): void {
    const { agent, children } = this.#session
    const { ledger } = this.#parts
    for (const turn of turnsAtSafePoint(ledger, this.#session)) {
      delete turn.cancelAfter
      // It may have come to its end by itself.
      if (openWork(agent, children).has(turn.traceId)) this.#giveUp(turn)
    }
    this.cancelling = ledger.all().some(({ cancelAfter }) => cancelAfter)
  }

  #undoable(): TurnRecord | undefined {
    const turn = this.#undo && this.#parts.ledger.get(this.#undo.traceId)
    return turn?.status === 'running' ? turn : undefined
  }

  #takeBack(turn: TurnRecord): void {
    this.#undo?.undo(this.#parts.timers, this.#parts.ids.branch)
    this.#undo = undefined
    turn.rolledBack = true
    turn.text = ''
  }

  #giveUp(turn: TurnRecord): void {
    const { agent, children, effects } = this.#session
    turn.cancelled = true
    effects.durable = true
    giveUpTurn(agent, children, turn.traceId, 'all')
  }
}
