/** A conversation on a terminal: while a turn has nothing to say, a dim line shows where it is. */
import { resetOf, type AgentEvent, type TraceEntry } from '../core/events.ts'
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
import { cost } from './words.ts'

/** Where a {@link TerminalView} writes. */
export interface TerminalViewOptions {
  readonly write: (text: string) => void
  /** Width of the terminal now. */
  readonly columns: () => number
  readonly style: Style
  /** Answers only. */
  readonly quiet: boolean
}

const marks = { idle: '·', running: '●', waiting: '◌', completed: '✓', failed: '✗' } as const
const clearLine = '\r\u001b[2K'

/** Writes to a terminal. */
export class TerminalView implements ChatView {
  readonly #options: TerminalViewOptions
  readonly #shown = new ShownText()
  #path = new TurnPath()
  #states: NodeStates = {}
  /** A turn runs: outside of one the prompt has the last line. */
  #running = false
  /** `text`: an answer that has not ended its line; `live`: the line that is written anew. */
  #lastLine: 'ended' | 'text' | 'live' = 'ended'

  constructor(options: TerminalViewOptions) {
    this.#options = options
  }

  begin(input: ChatInput): void {
    this.#shown.clear()
    this.#path = new TurnPath()
    // What a person typed stands there already.
    if (input.type === 'turn_start') this.#aside(`(${describeStart(input)})`)
    this.#running = true
  }

  transition(hop: TraceEntry): void {
    this.#path.add(hop)
    this.#drawLive()
  }

  states(states: NodeStates): void {
    this.#states = states
    // Text is not interrupted by a node that changes its state.
    if (this.#lastLine !== 'text') this.#drawLive()
  }

  output(event: AgentEvent): void {
    const text = textIn(event)
    const progress = progressIn(event)
    if (event.type === resetOf('llm_chunk')) {
      // In an earlier process it may have been streamed.
      if (!this.#shown.isEmpty) this.#aside('(the answer is tried again)')
      this.#shown.clear()
    } else if (event.type === 'llm_chunk' && event.transient) {
      this.#shown.add(text ?? '')
      this.#text(text ?? '')
    } else if (progress !== undefined) this.#aside(progress)
    else if (!event.transient && text === undefined) {
      this.#aside(`${event.type}: ${JSON.stringify(event.data)}`)
    } else if (!event.transient && text !== undefined && !this.#shown.endsWith(text)) {
      this.#endLine()
      this.#text(text)
    }
  }

  end(result: TurnResult, states: NodeStates, advice: readonly string[]): void {
    this.#states = states
    this.#running = false
    this.#endLine()
    const { style } = this.#options
    if (result.status === 'failed') this.fault(describeFailure(result, states))
    if (result.status === 'cancelled') this.notice('cancelled')
    if (result.dropped.length > 0) this.notice(`nothing handles ${result.dropped.join(', ')}: add an edge for it`)
    for (const line of advice) this.notice(line)
    if (this.#options.quiet) return
    const { totalTokens, cost: spent } = result.usage
    const tokens =
      (totalTokens > 0 ? ` · ${totalTokens} tokens` : '') + (spent === undefined ? '' : ` · cost ${cost(spent)}`)
    if (!this.#path.isEmpty) this.#options.write(`${style.dim(`${this.#describePath()}${tokens}`)}\n`)
    this.#options.write('\n')
  }

  reply(lines: readonly string[]): void {
    this.#endLine()
    this.#options.write(`${lines.map(printable).join('\n')}\n\n`)
  }

  notice(text: string): void {
    this.#endLine()
    this.#options.write(`${this.#options.style.yellow(printable(text))}\n`)
  }

  fault(message: string): void {
    this.#endLine()
    this.#options.write(`${this.#options.style.red('error:')} ${printable(message)}\n`)
  }

  #text(text: string): void {
    const plain = printable(text)
    if (plain === '') return
    if (this.#lastLine === 'live') this.#endLine()
    this.#options.write(plain)
    this.#lastLine = plain.endsWith('\n') ? 'ended' : 'text'
  }

  #aside(text: string): void {
    this.#endLine()
    if (!this.#options.quiet) this.#options.write(`${this.#options.style.dim(printable(text))}\n`)
  }

  #drawLive(): void {
    if (!this.#running || this.#options.quiet || this.#path.isEmpty) return
    this.#endLine()
    const width = Math.max(10, this.#options.columns() - 1)
    const path = this.#describePath()
    // Its end is where the turn is.
    const line = path.length > width ? `…${path.slice(1 - width)}` : path
    this.#options.write(this.#options.style.dim(line))
    this.#lastLine = 'live'
  }

  /** A node that was visited before is done there; where it was last, it is what it is now. */
  #describePath(): string {
    return this.#path.describe((node, last) => {
      const state = this.#states[node]
      return state ? `${node} ${last ? marks[state.status] : marks.completed}` : node
    })
  }

  #endLine(): void {
    if (this.#lastLine === 'live') this.#options.write(clearLine)
    if (this.#lastLine === 'text') this.#options.write('\n')
    this.#lastLine = 'ended'
  }
}
