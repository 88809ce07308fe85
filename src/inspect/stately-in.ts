/** A session of an official sender: an XState app elsewhere that reports over `@statelyai/inspect`. It can only be looked at. */
import { createHash } from 'node:crypto'
import { noUsage } from '../core/messages.ts'
import { diff } from './diff.ts'
import { isAgentEvent } from './machine-view.ts'
import type { Plain } from './plain.ts'
import type {
  EventRecord,
  JsonValue,
  MachineView,
  NodeView,
  SessionActivity,
  SessionState,
  StateValueView,
} from './protocol.ts'
import { roughBytes } from './size.ts'
import type { ReceivedFrame } from './stately-frames.ts'
import { noStats } from './session-view.ts'
import { Watch, type WatchHost } from './watch.ts'

interface ForeignActor {
  readonly name: string
  snapshot: { readonly [key: string]: JsonValue }
  /** The event that it got and has not answered with a snapshot. */
  event: { readonly from: string; readonly type: string; readonly data: JsonValue } | undefined
}

// An app that makes an actor for each message would fill any memory.
const maxActors = 500

/** See the top of this file. */
export class StatelyWatch extends Watch {
  readonly session = undefined
  readonly usage = noUsage
  readonly turnCount = 0
  agentId: string
  failureCount = 0
  readonly #root: string
  readonly #plain: Plain
  readonly #now: () => number
  readonly #actors = new Map<string, ForeignActor>()
  #machine: MachineView | undefined
  #gone = false

  constructor(host: WatchHost, plain: Plain, id: string, root: string, now: () => number) {
    super(host, id, 'stately', now())
    this.#root = root
    this.agentId = root
    this.#plain = plain
    this.#now = now
  }

  get activity(): SessionActivity {
    if (this.#gone) return 'stopped'
    return this.#actors.get(this.#root)?.snapshot['status'] === 'done' ? 'ended' : 'idle'
  }

  machine(): MachineView | undefined {
    return this.#machine
  }

  /** Takes a frame of one of its actors. */
  take(frame: ReceivedFrame): void {
    switch (frame.type) {
      case '@xstate.actor':
        this.#meet(frame)
        break
      case '@xstate.event':
        this.#sent(frame)
        break
      case '@xstate.snapshot':
        this.#changed(frame)
        break
    }
    this.host.touched(this)
  }

  /** Its sender is gone. */
  leave(): void {
    this.#gone = true
    this.host.gone(this)
  }

  state(): SessionState {
    const { value, context, tags } = this.#actors.get(this.#root)?.snapshot ?? {}
    const nodes = [...this.#actors].filter(([id]) => id !== this.#root)
    return {
      activity: this.activity,
      value: (value ?? {}) as StateValueView,
      context: context ?? {},
      tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : [],
      accepts: [],
      nodes: Object.fromEntries(nodes.map(([id, actor]) => [nameOf(actor, id, nodes), nodeView(actor)])),
      edges: {},
      turns: [],
      pending: [],
      usage: noUsage,
    }
  }

  #meet({
    sessionId,
    name = sessionId,
    definition,
    snapshot,
  }: Extract<ReceivedFrame, { type: '@xstate.actor' }>): void {
    if (this.#actors.size >= maxActors) this.#forgetActor()
    this.#actors.set(sessionId, { name, snapshot: this.#shown('snapshot', snapshot), event: undefined })
    if (sessionId !== this.#root) return
    const config = this.#shown('definition', parsed(definition))
    this.agentId = typeof config['id'] === 'string' ? config['id'] : name
    const hash = createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 16)
    const events = Object.fromEntries(eventsIn(config).map((type) => [type, null]))
    this.#machine = { hash, id: this.agentId, version: null, definition: config, graph: null, signals: {}, events }
  }

  #forgetActor(): void {
    for (const id of this.#actors.keys()) {
      if (id === this.#root) continue
      this.#actors.delete(id)
      return
    }
  }

  #sent({ sessionId, sourceId, event }: Extract<ReceivedFrame, { type: '@xstate.event' }>): void {
    const actor = this.#actor(sessionId)
    // It was busy: what it made of the event before is in the snapshot to come.
    if (actor.event) this.#record(actor, {})
    const { type, ...data } = event
    const from = sourceId ? this.#actor(sourceId).name : 'external'
    actor.event = { from, type, data: this.#shown('data', data) }
  }

  #changed({ sessionId, event, snapshot }: Extract<ReceivedFrame, { type: '@xstate.snapshot' }>): void {
    const actor = this.#actor(sessionId)
    const before = actor.snapshot
    actor.snapshot = this.#shown('snapshot', snapshot)
    actor.event ??= { from: 'xstate', type: event?.type ?? '', data: null }
    if (actor.snapshot['status'] === 'error') this.failureCount++
    const states = [before['value'], actor.snapshot['value']] as [StateValueView, StateValueView]
    const isRoot = sessionId === this.#root
    const moved = isRoot && JSON.stringify(states[0]) !== JSON.stringify(states[1])
    const context = isRoot ? diff(before['context'] ?? {}, actor.snapshot['context'] ?? {}) : []
    this.#record(actor, { ...(moved ? { states } : {}), ...(context.length > 0 ? { context } : {}) })
  }

  #record(actor: ForeignActor, change: Pick<EventRecord, 'states' | 'context'>): void {
    const { from, type, data } = actor.event as NonNullable<ForeignActor['event']>
    actor.event = undefined
    const seq = this.lastSeq + 1
    const time = this.#now()
    const record: EventRecord = {
      seq,
      time,
      traceId: null,
      kind: 'event',
      eventId: null,
      from,
      type,
      data,
      to: [actor.name],
      ...change,
    }
    this.keep({ kind: 'foreign', seq, time, bytes: 300 + roughBytes(record), record })
  }

  #actor(id: string): ForeignActor {
    const known = this.#actors.get(id)
    if (known) return known
    const actor: ForeignActor = { name: id, snapshot: {}, event: undefined }
    this.#actors.set(id, actor)
    return actor
  }

  #shown(key: string, value: unknown): { readonly [key: string]: JsonValue } {
    const shown = this.#plain.foreign(key, value ?? {})
    return typeof shown === 'object' && shown !== null && !Array.isArray(shown)
      ? (shown as { readonly [key: string]: JsonValue })
      : {}
  }
}

/** Actors may have one name: then they are told apart by their id. */
function nameOf(actor: ForeignActor, id: string, all: readonly (readonly [string, ForeignActor])[]): string {
  return all.some(([other, { name }]) => other !== id && name === actor.name) ? `${actor.name} (${id})` : actor.name
}

function nodeView({ snapshot }: ForeignActor): NodeView {
  const { status } = snapshot
  const view =
    status === 'done' ? 'completed' : status === 'error' ? 'failed' : status === 'active' ? 'running' : 'idle'
  return {
    status: view,
    current: null,
    inbox: [],
    held: [],
    lastEvent: null,
    error: status === 'error' ? { name: 'Error', message: JSON.stringify(snapshot['error'] ?? null) } : null,
    state: snapshot,
    stats: noStats,
  }
}

function parsed(definition: string | null | undefined): unknown {
  try {
    return JSON.parse(definition ?? '{}')
  } catch {
    return {}
  }
}

/** Types of events that a configuration has transitions for. */
function eventsIn(config: unknown): string[] {
  if (typeof config !== 'object' || config === null) return []
  const { on, states } = config as { on?: object; states?: object }
  const below = Object.values(states ?? {}).flatMap(eventsIn)
  return [...new Set([...Object.keys(on ?? {}), ...below])].filter(isAgentEvent)
}
