/** What a conversation looks like: on a terminal, as plain lines, or as JSON. */
import type { AgentEvent, TraceEntry } from '../core/events.ts'
import type { NodeState } from '../core/node.ts'
import type { TurnResult } from '../core/turn.ts'
import { shorten } from './words.ts'

/** The states of all nodes by id. */
export type NodeStates = Readonly<Record<string, NodeState>>

/** What a turn begins with, or goes on with. */
export type ChatInput =
  | { readonly type: 'user_input'; readonly text: string }
  | { readonly type: 'signal'; readonly name: string; readonly data: unknown }
  | TurnStart

/**
 * A turn that goes on, or begins, without the user: a timer was due, it was at work when the session was left, or the turn
 * before let it (`turn`).
 */
export interface TurnStart {
  readonly type: 'turn_start'
  readonly by: 'timer' | 'restore' | 'turn'
  readonly traceId: string
  /** What the user wrote; null when no message of the user began it. */
  readonly text: string | null
}

/** Words for why a turn goes on without the user. */
export function describeStart({ by, text }: TurnStart): string {
  const goesOn = text === null ? '' : `goes on with: ${shorten(text, 80)}`
  if (by === 'timer') return `a timer was due${goesOn === '' ? '' : `; ${goesOn}`}`
  if (goesOn !== '') return goesOn
  return by === 'turn' ? 'goes on by itself' : 'goes on with the turn that was at work'
}

/** Shows what happens in a session. */
export interface ChatView {
  /** A turn begins, or one that waited goes on. */
  begin(input: ChatInput): void
  transition(hop: TraceEntry): void
  states(states: NodeStates): void
  /** An event reached the client. */
  output(event: AgentEvent): void
  /** The turn ended or waits; `advice` says how to answer what is pending. */
  end(result: TurnResult, states: NodeStates, advice: readonly string[]): void
  /** The answer to a command: lines for people, the same as JSON for programs. */
  reply(lines: readonly string[], json: Readonly<Record<string, unknown>>): void
  /** What a person may want to know, such as which key leaves. */
  notice(text: string): void
  /** A line was no good, or a turn never began. */
  fault(message: string, code: string): void
}

/** Words for why a turn failed: the node that did, and what to do. */
export function describeFailure(result: TurnResult, states: NodeStates): string {
  const failed = Object.entries(states).find(
    ([, { error }]) => error !== null && error.message === result.error?.message,
  )
  return `${failed ? `${failed[0]}: ` : ''}${result.error?.message ?? 'the turn failed without a reason'}`
}

/** The text that a turn has shown so far, so that what was streamed is not printed again with its result. */
export class ShownText {
  #text = ''

  clear(): void {
    this.#text = ''
  }

  add(text: string): void {
    this.#text += text
  }

  get isEmpty(): boolean {
    return this.#text === ''
  }

  /** Whether this was the text that was shown last. */
  endsWith(text: string): boolean {
    return text !== '' && this.#text.endsWith(text)
  }
}

/** The text of an event that has one. */
export function textIn(event: AgentEvent): string | undefined {
  const text = (event.data as { text?: unknown } | null)?.text
  return typeof text === 'string' ? text : undefined
}

/** How far a call of a tool is, in words; undefined of any other event. */
export function progressIn({ type, data, transient }: AgentEvent): string | undefined {
  if (type !== 'tool_progress' || !transient) return undefined
  const { name, data: said } = data as { readonly name?: unknown; readonly data?: unknown }
  return `${String(name)}: ${shorten(typeof said === 'string' ? said : JSON.stringify(said), 120)}`
}

/** What to tell of an answer that is not whole; undefined of any other event. */
export function cutOff({ data, transient }: AgentEvent): string | undefined {
  const reason = transient ? undefined : (data as { finishReason?: unknown } | null)?.finishReason
  if (reason === 'length') return 'the answer ends here because it met its token limit (maxOutputTokens)'
  return reason === 'content_filter' ? "the model server's content filter ended the answer here" : undefined
}
