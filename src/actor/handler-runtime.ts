/** The runtime that the embedded host gives to a handler: it collects what the handler does, to be committed as one. */
import { setMaxListeners } from 'node:events'
import type { Clock } from '../core/clock.ts'
import { AmendmentError, EmitError } from '../core/errors.ts'
import { resetOf } from '../core/events.ts'
import { assertJson, copyOf, frozenCopyOf, type Json } from '../core/json.ts'
import {
  addUsage,
  pairToolCalls,
  type Message,
  type MessageRecord,
  type MessageWindow,
  type Usage,
} from '../core/messages.ts'
import { added, none } from '../core/lists.ts'
import type { NodeDefinition, NodeRuntime, Services, WindowOptions } from '../core/node.ts'
import { describeIssues, readerOf } from '../core/schema.ts'
import type { TurnRequest } from '../core/turn.ts'
import type { Job, Outcome, StagedMessage } from './host.ts'

type Records = readonly (MessageRecord | undefined)[]

/** What a handler's runtime needs of its session. */
export interface HandlerSession {
  readonly sessionId: string
  readonly services: Services
  readonly clock: Clock
  /** Whether the agent has anything that takes an event of a node. */
  isRouted(node: string, type: string): boolean
  /** What the client asks of a turn beside its message. */
  requestOf(traceId: string): TurnRequest | undefined
  /** Lets a transient event leave at once; `ordinal` counts those of one run of a handler. */
  emitTransient(job: Job, type: string, data: Json, ordinal: number): void
  /** The records of these ids, at once when they are at hand; undefined where there is none. */
  readMessages(ids: readonly string[]): Records | Promise<Records>
  /** The newest records of the conversation that a node is in, oldest first, asides left out. */
  readTail(limit: number, node: string): Promise<readonly MessageRecord[]>
  /** Whether a message is recent enough to be amended. */
  isRecent(id: string): boolean
}

const defaultWindow = 40

/** Made anew for each job. Once the job is settled, what a handler still does has no effect. */
export class HandlerRuntime implements NodeRuntime {
  readonly #session: HandlerSession
  readonly #definition: NodeDefinition
  #job: Job
  #controller: AbortController | undefined
  #aborted = false
  #ended = false
  #emits: Outcome['emits'] = none
  #messages: readonly StagedMessage[] = none
  #state: { value: Json } | null = null
  #usage: Usage | null = null
  #transients = 0

  constructor(session: HandlerSession, definition: NodeDefinition, job: Job) {
    this.#session = session
    this.#definition = definition
    this.#job = job
  }

  get sessionId(): string {
    return this.#session.sessionId
  }
  get traceId(): string {
    return this.#job.turn ?? this.#job.event.traceId
  }
  get nodeId(): string {
    return this.#job.node
  }
  /** Id of the event that is handled. */
  get eventId(): string {
    return this.#job.event.id
  }
  get attempt(): number {
    return this.#job.attempt
  }
  get services(): Services {
    return this.#session.services
  }
  get clock(): Clock {
    return this.#session.clock
  }
  get request(): TurnRequest | undefined {
    const request = this.#session.requestOf(this.#job.event.traceId)
    return request?.nodes.includes(this.nodeId) ? request : undefined
  }
  // Made on first use: a controller per job doubles the cost of a step.
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      // A handler may wait for many things at a time; Node takes more than ten listeners for a leak.
      setMaxListeners(0, this.#controller.signal)
      if (this.#aborted) this.#controller.abort()
    }
    return this.#controller.signal
  }

  emit(type: string, data: unknown): void {
    const definition = this.#definition
    const schema = Object.hasOwn(definition.emits, type) ? definition.emits[type] : undefined
    if (!schema)
      throw new EmitError(this.nodeId, type, `it declares ${Object.keys(definition.emits).join(', ') || 'no events'}.`)
    const reader = readerOf(schema)
    const parsed = reader.read(data)
    if (!parsed.success) throw new EmitError(this.nodeId, type, describeIssues(parsed.error), { cause: parsed.error })
    let value = parsed.data as Json
    if (this.#ended) return
    if (!reader.onlyJson) {
      assertJson(value, `'${type}' of node '${this.nodeId}'`)
      // What such a schema lets through as it is, the handler still has in its hands.
      value = copyOf(value)
    }
    if (definition.transient.has(type)) {
      this.#leave(type, value)
      return
    }
    if (this.#job.event.transient)
      throw new EmitError(this.nodeId, type, 'a handler run for a transient event may emit transient events only.')
    this.#emits = added(this.#emits, { type, data: value })
  }

  /** Says that what an earlier run streamed is void. */
  announceRerun(): void {
    for (const type of this.#definition.transient) this.#leave(resetOf(type), { attempt: this.attempt })
  }

  reset(type: string): void {
    if (!this.#definition.transient.has(type))
      throw new EmitError(this.nodeId, resetOf(type), `it declares no transient event '${type}'.`)
    this.#leave(resetOf(type), { attempt: this.attempt })
  }

  #leave(type: string, data: Json): void {
    if (!this.#aborted && !this.#ended) this.#session.emitTransient(this.#job, type, data, ++this.#transients)
  }

  // The types that a node's author sees are checked where the node is defined; here every state is JSON.
  getState(): Json | undefined {
    return copyOf(this.#state ? this.#state.value : this.#job.state)
  }

  setState(state: Json): void {
    assertJson(state, `state of node '${this.nodeId}'`)
    if (!this.#ended) this.#state = { value: copyOf(state) }
  }

  append(message: Message, options: { aside?: boolean } = {}): string {
    assertJson(message, `message of node '${this.nodeId}'`)
    const provisionalId = `~${this.#messages.length}~${this.#job.event.id}`
    const { aside = false } = options
    if (!this.#ended) this.#messages = added(this.#messages, { provisionalId, message: frozenCopyOf(message), aside })
    return provisionalId
  }

  amend(id: string, message: Message): string {
    if (!this.#staged(id) && !this.#session.isRecent(id)) throw new AmendmentError(this.nodeId, id)
    const provisionalId = this.append(message)
    if (!this.#ended)
      this.#messages = this.#messages.map((staged) =>
        staged.provisionalId === provisionalId ? { ...staged, amends: id } : staged,
      )
    return provisionalId
  }

  async window(options: WindowOptions = {}): Promise<MessageWindow> {
    const limit = options.limit ?? defaultWindow
    const staged = this.#messages.filter(({ aside, amends }) => !aside && amends === undefined)
    const tail = staged.length < limit ? await this.#session.readTail(limit - staged.length, this.#job.node) : []
    const ids = [...tail.map((record) => record.id), ...staged.map((message) => message.provisionalId)].slice(-limit)
    const amends = this.#messages.length > staged.length
    return { ids: amends ? ids.map((id) => this.#amended(id)) : ids, prepend: [], text: '' }
  }

  /** The message that this handler has put in place of one. */
  #amended(id: string): string {
    let newest = id
    for (const { amends, provisionalId } of this.#messages) if (amends === newest) newest = provisionalId
    return newest
  }

  messages(window: MessageWindow): Promise<readonly Message[]> {
    const records = this.#session.readMessages(window.ids)
    // The common case, without an async function.
    if (window.prepend.length === 0 && !(records instanceof Promise))
      return Promise.resolve(pairToolCalls(this.#messagesOf(window.ids, records)))
    return this.#readWindow(window, records)
  }

  async #readWindow(window: MessageWindow, records: Records | Promise<Records>): Promise<readonly Message[]> {
    const messages = this.#messagesOf(window.ids, await records)
    if (window.prepend.length > 0) {
      const prepended = this.#messagesOf(window.prepend, await this.#session.readMessages(window.prepend))
      const input = messages.findLastIndex((message) => message.role === 'user')
      messages.splice(Math.max(0, input), 0, ...prepended)
    }
    return pairToolCalls(messages)
  }

  /** Messages of records; what this handler appended is in no record yet. */
  #messagesOf(ids: readonly string[], records: Records): Message[] {
    const messages = records.map((record, index) => (record ?? this.#staged(ids[index]))?.message)
    return messages.includes(undefined) ? messages.filter((message) => message !== undefined) : (messages as Message[])
  }

  #staged(id: string | undefined): StagedMessage | undefined {
    return this.#messages.find(({ provisionalId }) => provisionalId === id)
  }

  addUsage(usage: Usage): void {
    if (this.#ended) return
    this.#usage = this.#usage ? addUsage(this.#usage, usage) : usage
  }

  isRouted(type: string): boolean {
    return this.#session.isRouted(this.nodeId, type)
  }

  now(): number {
    return this.#session.clock.now()
  }

  /** The handler is through, or given up: there is nothing to cancel any more. */
  end(): void {
    this.#ended = true
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Aborts the signal; what the handler still does has no effect. */
  abort(): void {
    this.#aborted = true
    this.#controller?.abort()
  }

  /** True once the job was given up. */
  get aborted(): boolean {
    return this.#aborted
  }

  /** What the handler led to so far. */
  outcome(): Outcome {
    const { node, event, attempt } = this.#job
    return {
      node,
      eventId: event.id,
      attempt,
      emits: this.#emits,
      messages: this.#messages,
      state: this.#state,
      usage: this.#usage,
      failure: null,
    }
  }

  /** Goes on with the next job of a loop-style node, whose code keeps one runtime. */
  next(job: Job): void {
    this.#job = job
    this.#emits = none
    this.#messages = none
    this.#state = null
    this.#usage = null
    this.#transients = 0
  }
}
