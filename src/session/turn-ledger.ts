/** The open turns of a session: what each has used, and how it ends. Plain data, part of every checkpoint. */
import type { ErrorData } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import { addUsage, noUsage, type Usage } from '../core/messages.ts'
import type { PendingWork, TurnProgress, TurnRequest, TurnResult } from '../core/turn.ts'
import { UsageAccount } from './usage-account.ts'

/** An open turn, as a checkpoint holds it. */
export interface TurnData extends Omit<TurnProgress, 'budget' | 'session'> {
  /** `queued`: its input waits for the running turn to end. */
  status: 'queued' | 'running' | 'waiting'
  /** The id that the client gave its message. */
  clientId?: string
  /** The input, while it is queued. */
  input?: Json
  /** What the client asks of the turn beside that. */
  request?: TurnRequest
  steps: number
  toolRounds: number
  usage: Usage
  /** Text of the last durable event with a text that reached `output`. */
  text: string
  dropped: string[]
  failure: ErrorData | null
  cancelled: boolean
  /** Ids of the events whose handlers are let finish before it is cancelled; see safe-point.ts. */
  cancelAfter?: readonly string[]
  /** It is taken back; see turn-undo.ts. */
  rolledBack?: true
  /** Queued, it joins the running turn where it can. */
  steers?: true
  /** The end of another turn began it: its own end gives nodes no work. */
  afterEnd?: true
  /** When its deadline is, in milliseconds since the epoch. */
  dueAt?: number
  /** Milliseconds that were left of its deadline when it began to wait for a signal. */
  timeLeft?: number
  /** The limit that was met, and the number of steps that it may have in all to wind up. */
  limited?: { limit: string; steps: number }
}

/** An open turn. */
export interface TurnRecord extends TurnData, Pick<TurnProgress, 'budget' | 'session'> {
  /** The budget that keeps it from going on. */
  readonly exhausted: ReturnType<UsageAccount['met']>
}

/** What a client sends to open a turn. */
export interface TurnInput {
  readonly data: Json
  /** The id that the client gave it. */
  readonly clientId?: string | undefined
  readonly request?: TurnRequest | undefined
}

/** How a turn ended or that it waits, with what was known of it. */
export interface SettledTurn {
  readonly turn: TurnRecord
  readonly result: TurnResult
}

/** Whether a turn still has work: at work, or only held for a person or a signal. */
export type OpenWork = ReadonlyMap<string, 'running' | 'held'>

/** Keeps the open turns in the order in which they were accepted. */
export class TurnLedger {
  /** What all turns of the session have used. */
  readonly account = new UsageAccount()
  readonly #open: Map<string, TurnRecord>

  constructor(turns: readonly TurnData[] = []) {
    this.#open = new Map(turns.map((turn) => [turn.traceId, openTurn(turn, this.account)]))
  }

  /** Opens a turn; one with an input is queued until {@link TurnLedger.settle} lets it begin. */
  open(traceId: string, acceptedAt: number, input?: TurnInput): TurnRecord {
    this.account.open(acceptedAt)
    const data: TurnData = {
      traceId,
      status: input ? 'queued' : 'running',
      steps: 0,
      toolRounds: 0,
      usage: noUsage,
      acceptedAt,
      text: '',
      dropped: [],
      failure: null,
      cancelled: false,
    }
    if (input) data.input = input.data
    if (input?.clientId !== undefined) data.clientId = input.clientId
    if (input?.request !== undefined) data.request = input.request
    const turn = openTurn(data, this.account)
    this.#open.set(traceId, turn)
    return turn
  }

  /** A model was called for a turn, or for what goes on when it has ended. */
  spend(turn: TurnRecord | undefined, usage: Usage): void {
    this.account.spend(usage)
    if (turn) turn.usage = addUsage(turn.usage, usage)
  }

  get(traceId: string): TurnRecord | undefined {
    return this.#open.get(traceId)
  }

  get size(): number {
    return this.#open.size
  }

  all(): TurnRecord[] {
    return [...this.#open.values()]
  }

  /** Forgets a turn that is part of another one now. */
  remove(traceId: string): void {
    this.#open.delete(traceId)
  }

  /** The newest turn that has begun, when there are such as have not. */
  runningBeforeQueued(): TurnRecord | undefined {
    const open = this.all()
    return open.some(({ status }) => status === 'queued')
      ? open.findLast(({ status }) => status === 'running')
      : undefined
  }

  /** Ends the turns that have no work left, and says which now wait. Those that ended are forgotten. */
  settle(work: OpenWork, pendingOf: (traceId: string) => readonly PendingWork[]): SettledTurn[] {
    const settled: SettledTurn[] = []
    for (const turn of this.#open.values()) {
      if (turn.status === 'queued' && !turn.cancelled) continue
      const state = work.get(turn.traceId)
      if (state === 'running') {
        turn.status = 'running'
      } else if (state === 'held') {
        if (turn.status !== 'waiting') settled.push({ turn, result: resultOf(turn, pendingOf(turn.traceId)) })
        turn.status = 'waiting'
      } else {
        this.#open.delete(turn.traceId)
        settled.push({ turn, result: resultOf(turn, []) })
      }
    }
    return settled
  }

  /** The next queued turn, when none is running: turns of one session follow each other. */
  next(): TurnRecord | undefined {
    let first: TurnRecord | undefined
    for (const turn of this.#open.values()) {
      if (turn.status === 'running') return undefined
      if (turn.status === 'queued') first ??= turn
    }
    return first
  }
}

/** The turn with what it may still use, which is told when it is asked for, and is no part of what is stored. */
function openTurn(data: TurnData, account: UsageAccount): TurnRecord {
  return Object.defineProperties(data, {
    budget: { get: () => account.budgetOf(data) },
    session: { get: () => account.session },
    exhausted: account.isFree ? { value: undefined } : { get: () => account.met(data) },
  }) as TurnRecord
}

/** How a turn ended, or that it waits for what is pending. */
export function resultOf(turn: TurnData, pending: readonly PendingWork[]): TurnResult {
  const { traceId, text, usage, dropped, failure } = turn
  const ended = failure ? 'failed' : turn.cancelled ? 'cancelled' : 'completed'
  return {
    traceId,
    status: pending.length > 0 ? 'waiting' : ended,
    text,
    usage,
    pending,
    dropped: [...dropped],
    error: failure,
    ...(turn.rolledBack ? { rolledBack: true as const } : {}),
  }
}
