/** A conversation as plain lines, for pipes, files and simple terminals. Failures go to stderr. */
import type { AgentEvent, TraceEntry } from '../core/events.ts'
import { resetOf } from '../core/events.ts'
import type { TurnResult } from '../core/turn.ts'
import {
  describeFailure,
  describeStart,
  progressIn,
  ShownText,
  textIn,
  type ChatInput,
  type ChatView,
  type NodeStates,
} from './chat-view.ts'
import { printable, type Style } from './style.ts'
import { TurnPath } from './turn-path.ts'

/** Where a {@link LineView} writes. */
export interface LineViewOptions {
  readonly write: (text: string) => void
  readonly writeError: (text: string) => void
  readonly style: Style
  /** Answers only. */
  readonly quiet: boolean
}

const longestEcho = 200

/** Writes lines. */
export class LineView implements ChatView {
  readonly #options: LineViewOptions
  readonly #shown = new ShownText()
  #path = new TurnPath()
  /** The line that was written last has not ended. */
  #open = false

  constructor(options: LineViewOptions) {
    this.#options = options
  }

  begin(input: ChatInput): void {
    this.#shown.clear()
    this.#path = new TurnPath()
    if (input.type === 'turn_start') {
      this.#aside(`(${describeStart(input)})`)
      return
    }
    const text = input.type === 'signal' ? `/${input.name} ${JSON.stringify(input.data)}` : input.text
    this.#aside(`› ${text.length > longestEcho ? `${text.slice(0, longestEcho)}…` : text}`)
  }

  transition(hop: TraceEntry): void {
    this.#path.add(hop)
    this.#aside(`  ${hop.from} → ${hop.to ?? 'nowhere'} (${hop.eventType})`)
  }

  states(): void {}

  output(event: AgentEvent): void {
    const text = textIn(event)
    const progress = progressIn(event)
    if (event.type === resetOf('llm_chunk')) {
      // In an earlier process it may have been streamed.
      if (!this.#shown.isEmpty) {
        this.#endLine()
        this.#aside('  (the answer is tried again)')
      }
      this.#shown.clear()
    } else if (event.type === 'llm_chunk' && event.transient) {
      this.#shown.add(text ?? '')
      this.#text(text ?? '')
    } else if (progress !== undefined) this.#aside(`  ${progress}`)
    else if (!event.transient && text === undefined) {
      this.#endLine()
      this.#aside(`  ${event.type}: ${JSON.stringify(event.data)}`)
    } else if (!event.transient && text !== undefined && !this.#shown.endsWith(text)) {
      this.#endLine()
      this.#text(text)
    }
  }

  end(result: TurnResult, states: NodeStates, advice: readonly string[]): void {
    this.#endLine()
    if (!this.#path.isEmpty) this.#aside(`  ${this.#path.describe()}`)
    this.#aside(
      `  ${Object.entries(states)
        .map(([id, { status }]) => `${id} ${status}`)
        .join(', ')}`,
    )
    if (result.status === 'failed') this.fault(describeFailure(result, states))
    if (result.status === 'cancelled') this.notice('cancelled')
    if (result.dropped.length > 0) this.notice(`nothing handles ${result.dropped.join(', ')}: add an edge for it`)
    for (const line of advice) this.notice(line)
    if (!this.#options.quiet) this.#options.write('\n')
  }

  reply(lines: readonly string[]): void {
    this.#endLine()
    for (const line of lines) this.#options.write(`${printable(line)}\n`)
  }

  notice(text: string): void {
    this.#endLine()
    this.#options.write(`${this.#options.style.yellow(printable(text))}\n`)
  }

  fault(message: string): void {
    this.#endLine()
    this.#options.writeError(`error: ${printable(message)}\n`)
  }

  #text(text: string): void {
    const plain = printable(text)
    if (plain === '') return
    this.#options.write(plain)
    this.#open = !plain.endsWith('\n')
  }

  #aside(text: string): void {
    if (this.#options.quiet) return
    this.#endLine()
    this.#options.write(`${this.#options.style.dim(printable(text))}\n`)
  }

  #endLine(): void {
    if (this.#open) this.#options.write('\n')
    this.#open = false
  }
}
