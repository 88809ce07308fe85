/** Tests a node alone: runs its handler or loop as a session would, against transcript and state in memory. */
import type { z } from 'zod'
import { EmbeddedHost } from '../actor/embedded-host.ts'
import type { Outcome } from '../actor/host.ts'
import { systemClock, type Clock } from '../core/clock.ts'
import { RecordedError, SessionBusyError } from '../core/errors.ts'
import { traceIdOf } from '../core/events.ts'
import { replaceStrings, type Json } from '../core/json.ts'
import {
  addUsage,
  conversationOf,
  noUsage,
  type Message,
  type MessageRecord,
  type MessageWindow,
  type Usage,
} from '../core/messages.ts'
import type { NodeDefinition, Schema, Schemas, Services } from '../core/node.ts'
import type { TurnRequest } from '../core/turn.ts'

/** Options of {@link fakeRuntime}. */
export interface FakeRuntimeOptions {
  /** The node's state before the first event. Default: none. */
  readonly state?: Json
  /** The transcript before the first event, oldest first; message n has the id `0.n`. Default: empty. */
  readonly messages?: readonly Message[]
  /** What the session hands to its nodes, such as `{ client }`. Default: nothing. */
  readonly services?: Services
  /** Default: `session`. */
  readonly sessionId?: string
  /** Default: the node's kind. */
  readonly nodeId?: string
  /** What the client asks of the turn. Default: nothing. */
  readonly request?: TurnRequest
  /** Events of the node that nothing takes. Default: none. */
  readonly unrouted?: readonly string[]
  /** What the session's clock says. Default: what `clock` says, else always 0. */
  readonly now?: () => number
  /** Times what the node waits for. Default: the machine's timers, and `now` as the time. */
  readonly clock?: Clock
}

/** What may be said of one event that a node is given; everything has a default. */
export interface FakeEvent {
  /** Default: `event`. */
  readonly type?: string
  /** The node that emitted it. Default: `input`. */
  readonly from?: string
  /** Default: `<session>/0.1.<n>`, where n counts the events. The turn is what stands before the last dot. */
  readonly id?: string
  /** Which run of the handler it is; over 1 a reset of each transient event goes ahead. Default: 1. */
  readonly attempt?: number
  /** The event is transient, as chunks are. Default: false. */
  readonly transient?: boolean
}

/** An event that a node emitted. */
export type Emitted<Emits extends Schemas> = {
  [Type in keyof Emits & string]: { readonly type: Type; readonly data: z.output<Emits[Type]> }
}[keyof Emits & string]

/** What {@link fakeRuntime} gives. */
export interface FakeRuntime<Input extends Schema, Emits extends Schemas> {
  /**
   * Gives the node one event, and resolves when its handler has returned or its loop has asked for the next one. Events
   * are handled one after the other: wait for each.
   *
   * Rejects with the error that a session would record, a RecordedError with the name, code and message of what was
   * thrown: InputError for data that the node does not take, EmitError for an emit that its schemas refuse. Then, as in
   * a session, nothing of the handler took effect but its transient events and its usage.
   */
  handle(data: z.input<Input> | Json, event?: FakeEvent): Promise<void>
  /**
   * Aborts the handler at work, whose `handle` rejects with code `aborted`. Resolves when the handler itself has
   * returned or thrown, so a handler that does not heed its signal keeps it pending.
   */
  abort(): Promise<void>
  /** What was emitted and took effect, in order. */
  readonly emitted: readonly Emitted<Emits>[]
  /** Transient events in the order in which they left; resets (`<event>_reset`) are among them. */
  readonly transient: readonly { readonly type: string; readonly data: Json }[]
  /** Data of the emitted events of one type, transient or not, in order. */
  dataOf<Type extends keyof Emits & string>(type: Type): z.output<Emits[Type]>[]
  /** The transcript, asides (retrieved documents) and amendments included. */
  readonly records: readonly MessageRecord[]
  /** The messages of the transcript, asides left out and what was amended as it is now. */
  readonly messages: readonly Message[]
  /** The node's state; undefined before it was set. */
  readonly state: Json | undefined
  /** Tokens that were used, also by handlers that failed. */
  readonly usage: Usage
  /** A window of the whole transcript, as `memory_ready` would carry it. */
  window(text?: string): MessageWindow
}

/** Makes a runtime to test one node alone; see {@link FakeRuntime}. */
export function fakeRuntime<Input extends Schema, Emits extends Schemas>(
  definition: NodeDefinition<Input, Emits>,
  options: FakeRuntimeOptions = {},
): FakeRuntime<Input, Emits> {
  const sessionId = options.sessionId ?? 'session'
  const nodeId = options.nodeId ?? definition.kind
  const now = options.now ?? (() => options.clock?.now() ?? 0)
  const timers = options.clock ?? systemClock
  const clock: Clock = {
    now,
    setTimeout: (callback, ms) => timers.setTimeout(callback, ms),
    clearTimeout: (handle) => timers.clearTimeout(handle),
  }
  const records: MessageRecord[] = (options.messages ?? []).map((message, index) => ({
    id: `0.${index}`,
    traceId: `${sessionId}/0.0`,
    message,
  }))
  const emitted: { type: string; data: Json }[] = []
  const transient: { type: string; data: Json }[] = []
  /** Both kinds in their order; durable events are there from their commit on. */
  const all: { type: string; data: Json }[] = []
  let state = options.state
  let usage = noUsage
  let count = 0
  let work: { id: string; end(outcome: Outcome | undefined): void } | undefined

  const talk = (): MessageRecord[] => conversationOf(records)

  const host = new EmbeddedHost(
    {
      sessionId,
      services: options.services ?? {},
      clock,
      requestOf: () => options.request,
      emitTransient(_job, type, data) {
        transient.push({ type, data })
        all.push({ type, data })
      },
      readMessages: (ids) => Promise.resolve(ids.map((id) => records.find((record) => record.id === id))),
      readTail: (limit) => Promise.resolve(limit > 0 ? talk().slice(-limit) : []),
      isRouted: (_node, type) => !options.unrouted?.includes(type),
      isRecent: (id) => records.some((record) => record.id === id),
      settle: (outcome) => work?.end(outcome),
    },
    { [nodeId]: definition as unknown as NodeDefinition },
  )

  const commit = (outcome: Outcome): void => {
    if (outcome.usage) usage = addUsage(usage, outcome.usage)
    if (outcome.failure) return
    const ids = new Map<string, string>()
    for (const { provisionalId, message, aside, amends } of outcome.messages) {
      const id = `0.${records.length}`
      ids.set(provisionalId, id)
      const amended = amends === undefined ? {} : { amends: ids.get(amends) ?? amends }
      records.push({ id, traceId: traceIdOf(outcome.eventId), message, ...(aside ? { aside } : {}), ...amended })
    }
    if (outcome.state) state = replaceStrings(outcome.state.value, (id) => ids.get(id))
    const durable = outcome.emits.map(({ type, data }) => ({ type, data: replaceStrings(data, (id) => ids.get(id)) }))
    emitted.push(...durable)
    all.push(...durable)
  }

  return {
    async handle(data, event = {}) {
      if (work)
        throw new SessionBusyError(sessionId, 'the node is at work. Wait for the last handle() before the next one.')
      const id = event.id ?? `${sessionId}/0.1.${++count}`
      const outcome = await new Promise<Outcome | undefined>((end) => {
        work = { id, end }
        host.start({
          node: nodeId,
          event: {
            id,
            from: event.from ?? 'input',
            type: event.type ?? 'event',
            data: data as Json,
            sessionId,
            traceId: traceIdOf(id),
            time: now(),
            ...(event.transient ? { transient: true } : {}),
          },
          attempt: event.attempt ?? 1,
          state,
        })
      })
      work = undefined
      if (!outcome) throw new RecordedError({ name: 'AbortError', code: 'aborted', message: 'abort() was called.' })
      commit(outcome)
      if (outcome.failure) throw new RecordedError(outcome.failure)
    },
    async abort() {
      const stopped = host.stop()
      work?.end(undefined)
      await stopped
    },
    get emitted() {
      return emitted as unknown as readonly Emitted<Emits>[]
    },
    transient,
    dataOf(type) {
      return all.filter((event) => event.type === type).map(({ data }) => data) as never
    },
    records,
    get messages() {
      return talk().map((record) => record.message)
    },
    get state() {
      return state
    },
    get usage() {
      return usage
    },
    window(text = '') {
      return { ids: talk().map((record) => record.id), prepend: [], text }
    },
  }
}
