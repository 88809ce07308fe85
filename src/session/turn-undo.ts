/**
 * What a session was when its running turn began, so that the turn can be taken back as if it never was. A checkpoint
 * holds of it only what has changed since.
 *
 * Invariants
 * 1. It is of one turn. When another one changes the chart or the transcript meanwhile there is none any more: what both
 *    did cannot be told apart.
 * 2. Taking a turn back opens a new branch, so that no id means two things.
 */
import type { AnyActorRef, AnyMachineSnapshot } from 'xstate'
import type { Timer } from '../actor/host.ts'
import type { NodeSnapshot } from '../actor/node-logic.ts'
import { relay } from '../actor/session-scope.ts'
import type { Json } from '../core/json.ts'
import type { MachineState, TranscriptHead, UndoData } from './checkpoint.ts'
import { tellNode, type NodeActors } from './node-actors.ts'
import type { TimerTable } from './timer-table.ts'

/** What is needed of the session. */
export interface UndoneSession {
  readonly root: AnyActorRef
  readonly children: NodeActors
  head: TranscriptHead
}

/** See the top of this file. */
export class TurnUndo {
  readonly traceId: string
  readonly #session: UndoneSession
  readonly #count: number
  readonly #timers: readonly Timer[]
  /** Undefined where it is that of now, or of `#snapshot`. */
  #machine: MachineState | undefined
  readonly #snapshot: AnyMachineSnapshot | undefined
  readonly #states: Map<string, Json | undefined>
  /** The machine as it was when the chart took its last durable event. */
  latest: unknown

  constructor(session: UndoneSession, begun: string | UndoData, timers: TimerTable) {
    this.#session = session
    const { root, children } = session
    const snapshot = root.getSnapshot() as AnyMachineSnapshot
    const stored: Partial<UndoData> = typeof begun === 'string' ? {} : begun
    this.traceId = typeof begun === 'string' ? begun : begun.traceId
    this.#count = stored.count ?? session.head.count
    this.#timers = stored.timers ?? chartTimers(timers)
    this.#machine = stored.machine
    this.#snapshot = stored.machine ? undefined : snapshot
    this.latest = snapshot
    const states = new Map<string, Json | undefined>()
    for (const node in children) {
      const known = stored.states?.[node]
      states.set(node, known ? known.value : (children[node]?.getSnapshot() as NodeSnapshot | undefined)?.state)
    }
    this.#states = states
  }

  /** The state of a node that another turn has set stays. */
  keep(node: string, value: Json): void {
    this.#states.set(node, value)
  }

  /** For the checkpoint. */
  data(): UndoData {
    const { children } = this.#session
    let states: Record<string, { value?: Json }> | undefined
    for (const [node, value] of this.#states)
      if (value !== stateOf(children, node)) (states ??= {})[node] = value === undefined ? {} : { value }
    const { traceId } = this
    const machine = this.#machineState()
    return {
      traceId,
      count: this.#count,
      ...(machine ? { machine } : {}),
      ...(states ? { states } : {}),
      ...(this.#timers.length > 0 ? { timers: this.#timers } : {}),
    }
  }

  /** Makes the session what it was; the turn's work is given up already. `branch` is a new one. */
  undo(timers: TimerTable, branch: number): void {
    const { root, children, head } = this.#session
    const machine = this.#machineState()
    if (machine) relay(undefined, root, { type: 'session.revert', ...machine })
    for (const [node, state] of this.#states) tellNode(children, node, { type: 'node.revert', state })
    for (const { key } of chartTimers(timers)) timers.clear(key)
    for (const timer of this.#timers) timers.set(timer)
    this.#session.head = headAt(head, this.#count, branch)
  }

  #machineState(): MachineState | undefined {
    if (this.#machine || this.#session.root.getSnapshot() === this.#snapshot) return this.#machine
    const { value, context, historyValue } = this.#snapshot as AnyMachineSnapshot
    return (this.#machine = { value, context, historyValue: storedHistory(historyValue) } as unknown as MachineState)
  }
}

/** The head of a new branch that leaves the transcript at an index. */
function headAt({ branch: last, parents }: TranscriptHead, count: number, branch: number): TranscriptHead {
  const kept: { branch: number; until: number }[] = []
  for (const parent of [...parents, { branch: last, until: count }]) {
    const until = Math.min(parent.until, count)
    if (until > (kept.at(-1)?.until ?? 0)) kept.push({ branch: parent.branch, until })
  }
  return { branch, count, parents: kept }
}

function stateOf(actors: NodeActors, node: string): Json | undefined {
  return (actors[node]?.getSnapshot() as NodeSnapshot | undefined)?.state
}

function chartTimers(timers: TimerTable): Timer[] {
  return timers.list().filter(({ target, event }) => target === '' && event.type !== 'turn.deadline')
}

/** Histories refer to states by objects; stored, by ids. */
function storedHistory(history: Readonly<Record<string, readonly { readonly id: string }[]>>): object {
  return Object.fromEntries(Object.entries(history).map(([key, states]) => [key, states.map(({ id }) => ({ id }))]))
}
