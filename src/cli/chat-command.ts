/** Lines that begin with a slash: what a person asks of the chat, not of the agent. */
import { z } from 'zod'
import { graphOf } from '../agent/graph.ts'
import { inputsWithin } from '../core/delegation.ts'
import { TroupeError } from '../core/errors.ts'
import type { Schema } from '../core/node.ts'
import type { PendingWork } from '../core/turn.ts'
import { isRestoreSchema, restoreSignalsOf } from '../session/interrupted-work.ts'
import type { Session } from '../session/session.ts'
import type { Turn } from '../session/turn.ts'
import type { ChatView } from './chat-view.ts'
import { statusesOf } from './json-view.ts'
import { shorten } from './words.ts'

/** A command that does not exist, or was given what it does not take. */
export class ChatCommandError extends TroupeError {
  constructor(message: string) {
    super('chat_command', message)
  }
}

/** What a command runs on. */
export interface CommandContext {
  readonly session: Session
  readonly view: ChatView
  /** What waits for an answer. */
  readonly pending: readonly PendingWork[]
}

/** What the chat does next: go on, leave, or follow a turn. */
export type CommandOutcome = 'done' | 'leave' | Turn

const commands: Readonly<Record<string, string>> = {
  help: 'what there is',
  states: 'the state of every node',
  graph: 'the edges of the agent',
  trace: 'how events travelled so far',
  signal: 'TYPE [JSON]: send a signal that the agent takes',
  quit: 'leave',
}

/** The name and the rest of a command line; undefined when the line is a message. */
export function readCommand(line: string): { name: string; rest: string } | undefined {
  const match = /^\/([a-z_]+)(?:\s+(.*))?$/is.exec(line.trim())
  return match ? { name: (match[1] as string).toLowerCase(), rest: match[2]?.trim() ?? '' } : undefined
}

/**
 * Runs a command.
 * @throws ChatCommandError when there is no such command, or its arguments are none.
 */
export async function runCommand(name: string, rest: string, context: CommandContext): Promise<CommandOutcome> {
  const { session, view } = context
  switch (name) {
    case 'help': {
      const signals = signalsOf(session, context.pending)
      view.reply(helpLines(signals), { type: 'help', commands, signals: Object.keys(signals) })
      return 'done'
    }
    case 'states':
      view.reply(stateLines(session), { type: 'node_states', states: statusesOf(session.nodeStates()) })
      return 'done'
    case 'graph':
      view.reply(graphLines(session), { type: 'graph', ...session.graph() })
      return 'done'
    case 'trace':
      view.reply(traceLines(session), { type: 'trace', entries: session.trace() })
      return 'done'
    case 'quit':
    case 'exit':
      return 'leave'
    case 'signal': {
      const [, type = '', data = ''] = /^(\S*)\s*(.*)$/s.exec(rest) ?? []
      return signal(type, data, context)
    }
    default:
      if (Object.hasOwn(signalsOf(session, context.pending), name)) return signal(name, rest, context)
      throw new ChatCommandError(
        `There is no command /${name}. /help lists them. To send this as a message, begin it with another character.`,
      )
  }
}

/** What to type to go on with work that waits. */
export function adviceFor(pending: readonly PendingWork[], session: Session): string[] {
  if (pending.length === 0) return []
  const signals = Object.entries(signalsOf(session, pending))
  return [
    ...pending.map((work) => `waiting: ${work.node} holds ${describeWork(work)}`),
    signals.length > 0
      ? `answer with ${signals.map(([name, schema]) => `/${name}${usageOf(schema)}`).join(' or ')}`
      : 'the agent declares no signals that could answer',
  ]
}

/**
 * The signals that a session takes now: its agent's, those of the agents that wait inside of its nodes, and those about
 * work that a crash interrupted.
 */
function signalsOf({ agent }: Session, pending: readonly PendingWork[]): Readonly<Record<string, Schema>> {
  const inputs = pending.some(({ node }) => node.includes('/')) ? inputsWithin(agent) : agent.inputs
  return pending.some(({ interrupted }) => interrupted) ? { ...inputs, ...restoreSignalsOf(agent) } : inputs
}

/** What waits, in words: its tool calls, or the event. */
export function describeWork(work: PendingWork): string {
  const { undecided } = work
  const calls = callsOf(work)
    .filter(({ id }) => undecided.length === 0 || undecided.includes(id))
    // With one of them, nobody has to name it.
    .map(
      ({ id, name, args }) =>
        `${name} ${shorten(JSON.stringify(args))}${undecided.length > 1 ? ` (callId ${id})` : ''}`,
    )
  const what = calls.length > 0 ? calls.join(', ') : `${work.type} ${shorten(JSON.stringify(work.data))}`
  return work.interrupted ? `${what}, which was at work when its process died` : what
}

/** The tool calls of work that has some. */
function callsOf({ data }: PendingWork): readonly { id: string; name: string; args: unknown }[] {
  const calls = (data as { calls?: unknown } | null)?.calls
  return Array.isArray(calls) ? (calls as { id: string; name: string; args: unknown }[]) : []
}

async function signal(type: string, text: string, { session, view, pending }: CommandContext): Promise<Turn> {
  const signals = signalsOf(session, pending)
  const names = Object.keys(signals)
  const schema = Object.hasOwn(signals, type) ? signals[type] : undefined
  if (!schema) {
    const known = names.length > 0 ? `It takes: ${names.join(', ')}.` : 'It takes none.'
    throw new ChatCommandError(`The agent takes no signal '${type}'. ${known} Write /signal TYPE JSON.`)
  }
  const data = withIds(readData(text, type), schema, pending)
  view.begin({ type: 'signal', name: type, data })
  return session.signal(type, data)
}

function readData(text: string, type: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw new ChatCommandError(
      `What follows '${type}' is no JSON: ${shorten(text)}. Such as: /signal ${type} {"reason": "…"}`,
    )
  }
}

/** A signal about a call, or about interrupted work, names it; where one waits, nobody has to type its id. */
function withIds(data: unknown, schema: Schema, pending: readonly PendingWork[]): unknown {
  if (data !== undefined && (typeof data !== 'object' || data === null)) return data
  if (isRestoreSchema(schema)) {
    const interrupted = pending.filter((work) => work.interrupted)
    return interrupted.length === 1 ? { eventId: interrupted[0]?.eventId, ...data } : (data ?? null)
  }
  if (!('callId' in propertiesOf(schema)) || (data && 'callId' in data)) return data ?? null
  const ids = pending.flatMap(({ undecided }) => undecided)
  return ids.length === 1 ? { callId: ids[0], ...data } : (data ?? null)
}

function propertiesOf(schema: Schema | undefined): Readonly<Record<string, unknown>> {
  return schema
    ? ((z.toJSONSchema(schema, { io: 'input' }).properties as Record<string, unknown> | undefined) ?? {})
    : {}
}

function usageOf(schema: Schema | undefined): string {
  if (!schema || isRestoreSchema(schema)) return ''
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' })
  const names = Object.keys(properties).filter((name) => name !== 'callId')
  const shown = names.map((name) => `"${name}"${required.includes(name) ? '' : '?'}: …`)
  return shown.length > 0 ? ` {${shown.join(', ')}}` : ''
}

function helpLines(inputs: Readonly<Record<string, Schema>>): string[] {
  const signals = Object.entries(inputs)
  const entries = [
    ...Object.entries(commands).map(([name, text]) => [`/${name}`, text] as const),
    ...signals.map(([name, schema]) => [`/${name}`, `send this signal${usageOf(schema)}`] as const),
  ]
  const width = Math.max(...entries.map(([name]) => name.length))
  return [
    ...entries.map(([name, text]) => `${name.padEnd(width)}  ${text}`),
    'Ctrl-C stops an answer, and again leaves; Ctrl-D leaves.',
  ]
}

function stateLines(session: Session): string[] {
  const states = Object.entries(session.nodeStates())
  const width = Math.max(...states.map(([id]) => id.length))
  return states.map(([id, { status, lastEvent, error }]) => {
    const event = lastEvent ? `  ${lastEvent.from}.${lastEvent.type}` : ''
    return `${id.padEnd(width)}  ${status.padEnd('completed'.length)}${event}${error ? `: ${error.message}` : ''}`.trimEnd()
  })
}

function graphLines(session: Session): string[] {
  return graphOf(session.agent).edges.map(
    ({ from, to, event, when }) => `${from} → ${to} (${event}${when === undefined ? '' : ` when ${when}`})`,
  )
}

function traceLines(session: Session): string[] {
  const lines = session.trace().map(({ from, to, eventType }) => `${from} → ${to ?? 'nowhere'} (${eventType})`)
  return lines.length > 0 ? lines : ['nothing has happened yet']
}
