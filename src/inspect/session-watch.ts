/**
 * The tap of one session: keeps references to what the session made anyway. It runs inside of the session's steps, also
 * while nobody looks, so it makes one small object for each thing that happens and reads nothing.
 */
import type { AnyEventObject, AnyMachineSnapshot } from 'xstate'
import type { Job, Outcome } from '../actor/host.ts'
import { watchGuards } from '../actor/watch-guards.ts'
import type { Agent } from '../agent/agent.ts'
import { textOf, addUsage, noUsage, type UserContent } from '../core/messages.ts'
import type { AgentEvent } from '../core/events.ts'
import { none } from '../core/lists.ts'
import type { TurnResult } from '../core/turn.ts'
import type { Effects } from '../session/effects.ts'
import { agentEventOf } from '../session/machine-event.ts'
import type { SessionTap, TappedSession } from '../session/tap.ts'
import type { AskedGuard, ChunksEntry, EventEntry, JobEntry, ModelEntry, TakenTransition } from './entries.ts'
import { machineOf } from './machine-view.ts'
import type { MachineView, NodeStats, SessionActivity, SessionState, TurnView, UsageView } from './protocol.ts'
import { noStats, SessionView, type SeenActor, type SeenMachine } from './session-view.ts'
import type { Plain } from './plain.ts'
import { roughBytes, roughGrowth } from './size.ts'
import { Watch, type WatchHost } from './watch.ts'

// Rough bytes of an entry and what comes with it: event, snapshot, transitions.
const entryBytes = 400
const maxTurns = 200
const toOutput = ['output']
// Characters of a turn's text in the state; its record has all of it.
const longestText = 2_000
// Transient events that one entry puts together.
const maxChunks = 512

/** See the top of this file. */
export class SessionWatch extends Watch implements SessionTap {
  session: TappedSession | undefined
  /** Actors of the nodes. */
  children: Readonly<Record<string, SeenActor>> = {}
  /** What its machine was at when it stopped. */
  rest: SeenMachine | undefined
  readonly agent: Agent
  readonly running = new Map<string, JobEntry>()
  readonly stats = new Map<string, CountedStats>()
  readonly edges = new Map<string, Map<string, Map<string, number>>>()
  /** Open turns and newest ended ones. */
  readonly turns = new Map<string, TurnView>()
  usage: UsageView = noUsage
  turnCount = 0
  failureCount = 0
  stoppedAt: number | undefined
  #ended = false
  readonly now: () => number
  readonly #plain: Plain
  #view: SessionView | undefined
  #machine: MachineView | undefined
  #taken: readonly TakenTransition[] | undefined
  #guards: AskedGuard[] | undefined
  /** The transition whose event is yet to be routed. */
  #unrouted: EventEntry | undefined
  #chunks: Map<string, ChunksEntry> | undefined

  constructor(host: WatchHost, plain: Plain, agent: Agent, id: string, now: () => number) {
    super(host, id, 'troupe', now())
    this.agent = agent
    this.#plain = plain
    this.now = now
    watchGuards(agent.machine)
  }

  get agentId(): string {
    return this.agent.id
  }

  get activity(): SessionActivity {
    if (this.stoppedAt !== undefined) return 'stopped'
    if (this.session?.ended) return 'ended'
    let waits = false
    for (const { status } of this.turns.values()) {
      if (status === 'running' || status === 'queued') return 'running'
      waits ||= status === 'waiting'
    }
    return waits ? 'waiting' : 'idle'
  }

  machine(): MachineView {
    return (this.#machine ??= machineOf(this.agent, this.#plain))
  }

  state(): SessionState {
    return (this.#view ??= new SessionView(this, this.#plain)).state()
  }

  // --- told by the session ---------------------------------------------------------------

  attach(session: TappedSession): void {
    this.session = session
    const { root } = session
    this.children = (root.getSnapshot() as AnyMachineSnapshot).children
    // XState says which transitions it took to its inspectors only; this is where it would tell them.
    const system = root.system as unknown as { _sendInspectionEvent(event: InspectionNote): void }
    const tell = system._sendInspectionEvent
    system._sendInspectionEvent = (event) => {
      if (event._transitions !== undefined && event.actorRef === root && event._transitions.length > 0)
        this.#taken = this.#taken ? [...this.#taken, ...event._transitions] : event._transitions
      tell(event)
    }
    this.host.attached(session)
  }

  guard(name: string, params: unknown, result: boolean): void {
    ;(this.#guards ??= []).push({ name, params, result })
  }

  discardGuards(): void {
    this.#guards = undefined
  }

  transition(before: AnyMachineSnapshot, after: AnyMachineSnapshot, event: AnyEventObject, error?: unknown): void {
    const taken = this.#taken ?? none
    const guards = this.#guards ?? none
    this.#taken = undefined
    this.#guards = undefined
    const source = agentEventOf(event)
    if (source?.transient && before.value === after.value && error === undefined) return this.#chunk(event.type, source)
    const data = source ? roughBytes(source.data) : 0
    if (source?.from === 'input') this.#begin(source)
    const [was, is] = [before.context as object, after.context as object]
    const entry: EventEntry = {
      kind: 'event',
      seq: this.lastSeq + 1,
      time: source ? source.time : this.now(),
      bytes: entryBytes + data + (was === is ? 0 : roughGrowth(was, is)),
      type: event.type,
      event: source,
      states: before.value === after.value ? undefined : [before.value, after.value],
      contexts: was === is ? undefined : [was, is],
      taken,
      guards,
      to: none,
      dropped: false,
      error,
    }
    this.#unrouted = entry
    this.keep(entry)
  }

  routed(event: AgentEvent, to: readonly string[], dropped: boolean): void {
    if (event.transient) return this.#travel(event, to)
    const entry = this.#unrouted ?? this.#untaken(event)
    this.#unrouted = undefined
    // Turns that no client began, and those that were open when the session was restored.
    if (!this.turns.has(event.traceId)) this.#open(event.traceId, 'running')
    entry.event = event
    entry.to = to
    entry.dropped = dropped
    this.#travel(event, to)
  }

  step({ accepted, joined, outputs, settled, cancels }: Effects): void {
    for (const traceId of accepted) if (!this.turns.has(traceId)) this.#open(traceId, 'queued')
    this.#travelOut(outputs)
    for (const { node, eventId } of cancels) this.#cancelled(node, eventId)
    for (const { from } of joined) this.turns.delete(from)
    for (const result of settled) this.#end(result)
    this.host.touched(this)
  }

  streamed(outputs: readonly AgentEvent[]): void {
    this.#travelOut(outputs)
    this.host.touched(this)
  }

  started({ node, event, attempt }: Job): void {
    const startedAt = this.now()
    this.running.set(node, {
      kind: 'job',
      seq: 0,
      time: startedAt,
      // What it emits is kept with the events themselves.
      bytes: entryBytes / 2,
      node,
      event,
      attempt,
      startedAt,
      status: 'completed',
      emits: none,
      usage: null,
      failure: null,
    })
  }

  givenUp(node: string, eventId: string): void {
    this.#cancelled(node, eventId)
  }

  settled({ node, eventId, attempt, failure, emits, usage }: Outcome): void {
    const job = this.running.get(node)
    if (job?.event.id !== eventId || job.attempt !== attempt) return
    // Not what they carry: the events that they become have it.
    job.emits = emits.length === 0 ? none : emits.map(({ type }) => type)
    job.usage = usage
    const turn = usage ? this.turns.get(job.event.traceId) : undefined
    if (usage && turn?.endedAt === null) this.turns.set(turn.traceId, { ...turn, usage: addUsage(turn.usage, usage) })
    job.failure = failure
    this.#settle(job, failure ? 'failed' : 'completed')
  }

  stopped(failure: unknown): void {
    this.stoppedAt = this.now()
    this.#unrouted = undefined
    if (this.session) this.#rest(this.session)
    this.life('stopped', failure)
    this.host.gone(this)
  }

  /** Keeps what there is to see of it, and not the session itself, which is twenty times as large. */
  #rest({ root }: TappedSession): void {
    const { status, value, context, tags, _nodes } = root.getSnapshot() as AnyMachineSnapshot
    this.rest = { status, value, context: context as object, tags, _nodes }
    const snapshots = Object.entries(this.children).map(([node, actor]) => [node, actor.getSnapshot()] as const)
    this.children = Object.fromEntries(snapshots.map(([node, snapshot]) => [node, { getSnapshot: () => snapshot }]))
    this.session = undefined
  }

  // --- told by the inspector -------------------------------------------------------------

  /** Something happened to the session itself. */
  life(status: 'opened' | 'restored' | 'ended' | 'stopped', error?: unknown): void {
    const time = this.now()
    this.keep({ kind: 'life', seq: this.lastSeq + 1, time, bytes: 200, status, error })
  }

  /** A call of a model ended. */
  modelCalled(call: Omit<ModelEntry, 'seq' | 'time' | 'bytes'>): void {
    let bytes = entryBytes + 8 * call.call.body.messages.length
    for (const text of call.raw) bytes += text.length
    this.keep({ seq: this.lastSeq + 1, time: this.now(), bytes, ...call })
  }

  // --- inside ----------------------------------------------------------------------------

  #chunk(type: string, event: AgentEvent): void {
    this.#chunks ??= new Map()
    const entry = this.#chunks.get(type)
    const bytes = 120 + roughBytes(event.data)
    if (entry && !entry.sealed && entry.events[0]?.traceId === event.traceId && entry.events.length < maxChunks) {
      entry.events.push(event)
      this.lastAt = event.time
      this.host.grew(this, entry, bytes)
      return
    }
    const { time } = event
    const first: ChunksEntry = {
      kind: 'chunks',
      seq: this.lastSeq + 1,
      time,
      bytes: entryBytes + bytes,
      events: [event],
      sealed: false,
    }
    this.#chunks.set(type, first)
    this.keep(first)
  }

  /** The event of deliveries that the initial state made. */
  #untaken(event: AgentEvent): EventEntry {
    const entry: EventEntry = {
      kind: 'event',
      seq: this.lastSeq + 1,
      time: event.time,
      bytes: entryBytes + roughBytes(event.data),
      type: `${event.from}.${event.type}`,
      event,
      states: undefined,
      contexts: undefined,
      taken: none,
      guards: none,
      to: none,
      dropped: false,
      error: undefined,
    }
    this.keep(entry)
    return entry
  }

  /** What streams to clients is not routed: it leaves in the middle of its transition. */
  #travelOut(outputs: readonly AgentEvent[]): void {
    for (const event of outputs) if (event.transient) this.#travel(event, toOutput)
  }

  #travel({ from, type }: AgentEvent, to: readonly string[]): void {
    if (to.length === 0) return
    let types = this.edges.get(from)
    if (!types) this.edges.set(from, (types = new Map()))
    let targets = types.get(type)
    if (!targets) types.set(type, (targets = new Map()))
    for (const node of to) targets.set(node, (targets.get(node) ?? 0) + 1)
  }

  #cancelled(node: string, eventId: string): void {
    const job = this.running.get(node)
    if (job?.event.id === eventId) this.#settle(job, 'cancelled')
  }

  #settle(job: JobEntry, status: JobEntry['status']): void {
    this.running.delete(job.node)
    job.status = status
    job.time = this.now()
    if (status !== 'cancelled') this.#count(job)
    // One for each streamed chunk would drown all else.
    if (job.event.transient && !job.failure) return
    job.seq = this.lastSeq + 1
    this.keep(job)
  }

  #count({ node, time, startedAt, failure, usage }: JobEntry): void {
    let stats = this.stats.get(node)
    if (!stats) this.stats.set(node, (stats = { ...noStats }))
    stats.handled++
    if (failure) stats.failed++
    stats.lastTime = time - startedAt
    stats.totalTime += stats.lastTime
    if (usage) stats.usage = addUsage(stats.usage, usage)
  }

  /** The input of a client entered its turn. */
  #begin({ traceId, type, data }: AgentEvent): void {
    const turn = this.turns.get(traceId)
    if (!turn) this.#open(traceId, 'running')
    else if (turn.status !== 'running') this.turns.set(traceId, { ...turn, status: 'running' })
    if (this.title === '' && type === 'user_input') this.title = textOf(data as UserContent).slice(0, 120)
  }

  #open(traceId: string, status: 'queued' | 'running'): void {
    const time = this.now()
    this.turnCount++
    this.turns.set(traceId, { ...newTurn, traceId, status, startedAt: time })
    if (this.turns.size > maxTurns + 50) this.#forgetTurns()
    this.keep({ kind: 'turn', seq: this.lastSeq + 1, time, bytes: 100, traceId, result: undefined })
  }

  #forgetTurns(): void {
    for (const [traceId, { endedAt }] of this.turns) {
      if (this.turns.size <= maxTurns) return
      if (endedAt !== null) this.turns.delete(traceId)
    }
  }

  #end(result: TurnResult): void {
    const { traceId, status, text, usage, error, dropped } = result
    const time = this.now()
    const turn = this.turns.get(traceId) ?? { ...newTurn, traceId, startedAt: time }
    const endedAt = status === 'waiting' ? null : time
    this.turns.set(traceId, { ...turn, status, endedAt, text: text.slice(0, longestText), usage, error, dropped })
    if (endedAt !== null) this.usage = addUsage(this.usage, usage)
    if (status === 'failed') this.failureCount++
    this.keep({
      kind: 'turn',
      seq: this.lastSeq + 1,
      time,
      bytes: 200 + text.length,
      traceId,
      result,
    })
    if (!this.session?.ended || this.#ended) return
    this.#ended = true
    this.life('ended')
  }
}

/** Counted in place. */
type CountedStats = { -readonly [Key in keyof NodeStats]: NodeStats[Key] }

/** What XState would tell its inspectors. */
interface InspectionNote {
  readonly type: string
  readonly actorRef: unknown
  readonly _transitions?: readonly TakenTransition[]
}

const newTurn: TurnView = {
  traceId: '',
  status: 'running',
  startedAt: 0,
  endedAt: null,
  text: '',
  usage: noUsage,
  error: null,
  dropped: none,
}
