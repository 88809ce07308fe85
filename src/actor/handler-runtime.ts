/** The runtime that the embedded host gives to a handler: it collects what the handler does, to be committed as one. */
import { EmitError } from '../core/errors.ts'
import { resetOf } from '../core/events.ts'
import { assertJson, type Json } from '../core/json.ts'
import {
  addUsage,
  pairToolCalls,
  type Message,
  type MessageRecord,
  type MessageWindow,
  type Usage,
} from '../core/messages.ts'
import type { NodeDefinition, NodeRuntime, Services, WindowOptions } from '../core/node.ts'
import { admitsOnlyJson, describeIssues } from '../core/schema.ts'
import type { Job, Outcome, StagedMessage } from './host.ts'

/** What a handler's runtime needs of its session. */
export interface HandlerSession {
  readonly sessionId: string
  readonly services: Services
  now(): number
  /** Lets a transient event leave at once; `ordinal` counts those of one run of a handler. */
  emitTransient(job: Job, type: string, data: Json, ordinal: number): void
  /** The records of these ids; undefined where there is none. */
  readMessages(ids: readonly string[]): Promise<(MessageRecord | undefined)[]>
  /** The newest records of the conversation, oldest first, asides left out. */
  readTail(limit: number): Promise<readonly MessageRecord[]>
}

const defaultWindow = 40

/** Made anew for each job. Once the job is settled, what a handler still does has no effect. */
export class HandlerRuntime implements NodeRuntime {
  readonly #session: HandlerSession
  readonly #definition: NodeDefinition
  #job: Job
  #controller: AbortController | undefined
  #aborted = false
  #emits: { type: string; data: Json }[] = []
  #messages: StagedMessage[] = []
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
    return this.#job.event.traceId
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
  // Made on first use: a controller per job doubles the cost of a step.
  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController()
      if (this.#aborted) this.#controller.abort()
    }
    return this.#controller.signal
  }

  emit(type: string, data: unknown): void {
    const definition = this.#definition
    const schema = Object.hasOwn(definition.emits, type) ? definition.emits[type] : undefined
    if (!schema)
      throw new EmitError(this.nodeId, type, `it declares ${Object.keys(definition.emits).join(', ') || 'no events'}.`)
    const parsed = schema.safeParse(data)
    if (!parsed.success) throw new EmitError(this.nodeId, type, describeIssues(parsed.error), { cause: parsed.error })
    const value = parsed.data as Json
    if (!admitsOnlyJson(schema)) assertJson(value, `'${type}' of node '${this.nodeId}'`)
    if (definition.transient.has(type)) {
      this.#leave(type, value)
      return
    }
    if (this.#job.event.transient)
      throw new EmitError(this.nodeId, type, 'a handler run for a transient event may emit transient events only.')
    this.#emits.push({ type, data: value })
  }

  /** Says that what an earlier run streamed is void. */
  announceRerun(): void {
    for (const type of this.#definition.transient) this.#leave(resetOf(type), { attempt: this.attempt })
  }

  #leave(type: string, data: Json): void {
    if (!this.#aborted) this.#session.emitTransient(this.#job, type, data, ++this.#transients)
  }

  // The types that a node's author sees are checked where the node is defined; here every state is JSON.
  getState(): Json | undefined {
    return this.#state ? this.#state.value : this.#job.state
  }

  setState(state: Json): void {
    assertJson(state, `state of node '${this.nodeId}'`)
    this.#state = { value: state }
  }

  append(message: Message, options: { aside?: boolean } = {}): string {
    assertJson(message, `message of node '${this.nodeId}'`)
    const provisionalId = `~${this.#messages.length}~${this.#job.event.id}`
    this.#messages.push({ provisionalId, message, aside: options.aside ?? false })
    return provisionalId
  }

  async window(options: WindowOptions = {}): Promise<MessageWindow> {
    const limit = options.limit ?? defaultWindow
    const staged = this.#messages.filter((message) => !message.aside)
    const tail = staged.length < limit ? await this.#session.readTail(limit - staged.length) : []
    const ids = [...tail.map((record) => record.id), ...staged.map((message) => message.provisionalId)].slice(-limit)
    return { ids, prepend: [], text: '' }
  }

  async messages(window: MessageWindow): Promise<readonly Message[]> {
    const messages = await this.#read(window.ids)
    if (window.prepend.length > 0) {
      const input = messages.findLastIndex((message) => message.role === 'user')
      messages.splice(Math.max(0, input), 0, ...(await this.#read(window.prepend)))
    }
    return pairToolCalls(messages)
  }

  async #read(ids: readonly string[]): Promise<Message[]> {
    const records = await this.#session.readMessages(ids)
    const messages: Message[] = []
    for (let index = 0; index < ids.length; index++) {
      const record = records[index] ?? this.#messages.find((staged) => staged.provisionalId === ids[index])
      if (record) messages.push(record.message)
    }
    return messages
  }

  addUsage(usage: Usage): void {
    this.#usage = this.#usage ? addUsage(this.#usage, usage) : usage
  }

  now(): number {
    return this.#session.now()
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
    this.#emits = []
    this.#messages = []
    this.#state = null
    this.#usage = null
    this.#transients = 0
  }
}
