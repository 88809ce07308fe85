/** A conversation for programs: one JSON event a line. */
import type { AgentEvent, TraceEntry } from '../core/events.ts'
import type { TurnResult } from '../core/turn.ts'
import { textIn, type ChatInput, type ChatView, type NodeStates } from './chat-view.ts'

/** Writes JSON lines. */
export class JsonView implements ChatView {
  readonly #write: (text: string) => void
  readonly #background: ReadonlySet<string>
  #states = ''
  #begun = false

  /** Nodes in the `background` change with every chunk; only with others their states are told. */
  constructor(write: (text: string) => void, background: ReadonlySet<string>) {
    this.#write = write
    this.#background = background
  }

  begin(input: ChatInput): void {
    this.#begun = true
    this.#line({ ...input })
  }

  transition({ from, to, eventType, time, traceId }: TraceEntry): void {
    this.#line({ type: 'transition', from, to, eventType, time, traceId })
  }

  states(states: NodeStates): void {
    // What a session is opened with is no change.
    if (!this.#begun) return
    const statuses = statusesOf(states)
    const text = Object.entries(statuses)
      .filter(([id]) => !this.#background.has(id))
      .join()
    if (text === this.#states) return
    this.#states = text
    this.#line({ type: 'node_states', states: statuses })
  }

  output(event: AgentEvent): void {
    if (event.transient) return
    const { type, from, data, traceId, time } = event
    const fields = textIn(event) === undefined ? { data } : (data as Record<string, unknown>)
    this.#line({ ...fields, type, from, traceId, time })
  }

  end({ traceId, status, text, usage, pending, dropped, error }: TurnResult): void {
    this.#line({ type: 'turn_end', traceId, status, text, usage, pending, dropped, error })
  }

  reply(_lines: readonly string[], json: Readonly<Record<string, unknown>>): void {
    this.#line(json)
  }

  notice(): void {}

  fault(message: string, code: string): void {
    this.#line({ type: 'error', code, message })
  }

  #line(value: Readonly<Record<string, unknown>>): void {
    // What is read first stands first.
    const { type, ...fields } = value as Record<string, unknown>
    this.#write(`${JSON.stringify({ type, ...fields })}\n`)
  }
}

/** The status of each node. */
export function statusesOf(states: NodeStates): Record<string, string> {
  return Object.fromEntries(Object.entries(states).map(([id, { status }]) => [id, status]))
}
