/** `troupe chat`: lines in, turns out. */
import { messageOf, SessionEndedError, SessionStoppedError, toErrorData } from '../core/errors.ts'
import type { PendingWork } from '../core/turn.ts'
import { isOffline, modelOf } from '../model/client.ts'
import { openSession } from '../session/open.ts'
import type { Session } from '../session/session.ts'
import type { Turn } from '../session/turn.ts'
import { loadAgent } from './agent-file.ts'
import { adviceFor, readCommand, runCommand } from './chat-command.ts'
import type { ChatView } from './chat-view.ts'
import { JsonView } from './json-view.ts'
import { readLines, type LineReader } from './line-reader.ts'
import { LineView } from './line-view.ts'
import { styleOf } from './style.ts'
import { TerminalReader } from './terminal-reader.ts'
import { TerminalView } from './terminal-view.ts'

/** Options of {@link startChat}. */
export interface ChatOptions {
  readonly session?: string
  readonly quiet?: boolean
  readonly json?: boolean
}

/** Exit code of what Ctrl-C ended, as shells have it. */
const interrupted = 130

/** Talks to the agent of a file until there is nothing left to read; resolves with the exit code. */
export async function startChat(path: string, options: ChatOptions): Promise<number> {
  const agent = await loadAgent(path)
  const session = await openSession(agent, options.session === undefined ? {} : { id: options.session })
  const write = (text: string): void => void process.stdout.write(text)
  const writeError = (text: string): void => void process.stderr.write(text)
  const style = styleOf(process.stdout)
  const quiet = options.quiet === true
  const interactive = !options.json && process.stdin.isTTY && process.stdout.isTTY && process.env['TERM'] !== 'dumb'
  const view = options.json
    ? new JsonView(write, new Set(Object.keys(agent.nodes).filter((id) => agent.nodes[id]?.background)))
    : interactive
      ? new TerminalView({ write, style, quiet, columns: () => process.stdout.columns })
      : new LineView({ write, writeError, style, quiet })
  const chat = new Chat(session, view, {
    // The other views tell what failed in their own way.
    writeError: options.json ? writeError : () => {},
    leavesAtOnce: !interactive,
  })
  const onInterrupt = (): void => chat.interrupt()
  const reader = interactive
    ? new TerminalReader({ input: process.stdin, output: process.stdout }, style.cyan('› '), onInterrupt)
    : readLines(process.stdin, onInterrupt)
  if (interactive && !quiet) greet(session, write, style.dim)
  try {
    return await chat.run(reader)
  } finally {
    reader.close()
    await session.stop()
  }
}

function greet(session: Session, write: (text: string) => void, dim: (text: string) => string): void {
  const { client, model } = modelOf({})
  const host = isOffline(client) ? 'the offline stand-in' : `${model} at ${new URL(client.baseURL).host}`
  write(dim(`${session.agent.id} with ${host}\n/help lists commands, Ctrl-C stops an answer, Ctrl-D leaves\n\n`))
}

interface ChatSettings {
  readonly writeError: (text: string) => void
  /** Ctrl-C ends the chat at once: nobody is there to type on. */
  readonly leavesAtOnce: boolean
}

/** One chat: turns follow each other, commands are run between them. */
class Chat {
  readonly #session: Session
  readonly #view: ChatView
  readonly #settings: ChatSettings
  #reader: LineReader | undefined
  #running: Turn | undefined
  #pending: readonly PendingWork[] = []
  #interrupts = 0
  #failed = false
  #leaving = false

  constructor(session: Session, view: ChatView, settings: ChatSettings) {
    this.#session = session
    this.#view = view
    this.#settings = settings
    session.on('output', (event) => view.output(event))
    session.on('trace', (hop) => view.transition(hop))
    session.on('states', (states) => view.states(states))
  }

  async run(reader: LineReader): Promise<number> {
    this.#reader = reader
    while (!this.#leaving) {
      const line = await reader.read()
      if (line === undefined) break
      if (line.trim() === '') continue
      this.#interrupts = 0
      await this.#handle(line)
    }
    if (this.#interrupts > 0 && this.#leaving) return interrupted
    return this.#failed ? 1 : 0
  }

  /** Ctrl-C: the first one stops the turn, the second one leaves, the third one waits for nothing. */
  interrupt(): void {
    this.#interrupts += this.#settings.leavesAtOnce ? 2 : 1
    if (this.#interrupts > 2 && this.#leaving) process.exit(interrupted)
    this.#running?.cancel()
    if (this.#interrupts === 1) {
      if (this.#running) return
      this.#view.notice('\nCtrl-C again leaves, and so does Ctrl-D')
      this.#reader?.redraw()
      return
    }
    this.#leaving = true
    this.#reader?.close()
  }

  async #handle(line: string): Promise<void> {
    try {
      const command = readCommand(line)
      if (!command) {
        // First, as the turn's first events come while it is sent.
        this.#view.begin({ type: 'user_input', text: line })
        await this.#follow(this.#session.send(line))
        return
      }
      const outcome = await runCommand(command.name, command.rest, {
        session: this.#session,
        view: this.#view,
        pending: this.#pending,
      })
      if (outcome === 'leave') this.#leaving = true
      else if (outcome !== 'done') await this.#follow(outcome)
    } catch (error) {
      if (error instanceof SessionStoppedError && this.#leaving) return
      this.#fail(messageOf(error), toErrorData(error).code)
      // Nothing can be said any more.
      if (error instanceof SessionEndedError || error instanceof SessionStoppedError) this.#leaving = true
    }
  }

  async #follow(turn: Turn): Promise<void> {
    this.#running = turn
    try {
      const result = await turn.result
      this.#pending = result.pending
      const states = this.#session.nodeStates()
      this.#view.end(result, states, adviceFor(result.pending, this.#session))
      if (result.status !== 'failed') return
      this.#failed = true
      this.#settings.writeError(`error: ${result.error?.message}\n`)
    } finally {
      this.#running = undefined
    }
  }

  #fail(message: string, code: string): void {
    this.#failed = true
    this.#view.fault(message, code)
    this.#settings.writeError(`error: ${message}\n`)
  }
}
