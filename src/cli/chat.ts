/** `troupe chat`: opens a session and a view of it, and lets them talk. */
import { setTimeout as delay } from 'node:timers/promises'
import { loadAgent } from './agent-file.ts'
import { isOffline, modelOf } from '../model/client.ts'
import type { Session } from '../session/session.ts'
import { AudioFiles, makeAudioFolder } from './audio-files.ts'
import { openChatSession, type ChatSessionOptions, type Opening } from './chat-session.ts'
import type { ChatView } from './chat-view.ts'
import { Conversation } from './conversation.ts'
import { JsonView } from './json-view.ts'
import { readLines } from './line-reader.ts'
import { LineView } from './line-view.ts'
import { styleOf } from './style.ts'
import { TerminalReader } from './terminal-reader.ts'
import { TerminalView } from './terminal-view.ts'
import { TurnBlocks } from './turn-blocks.ts'

/** Options of {@link startChat}. */
export interface ChatOptions extends ChatSessionOptions {
  readonly quiet?: boolean
  readonly json?: boolean
  /** Folder for what the agent says. Default: it is not spoken. */
  readonly audio?: string
  /** By `--inspector` and `--no-inspector`. Default: for people at a terminal. */
  readonly inspector?: boolean
}

// Exit codes of what a signal ended, as shells have them.
const endings = { SIGTERM: 143, SIGHUP: 129 } as const
// Milliseconds for handlers that are given up to return.
const patience = 1_000

/** Talks to the agent of a file until there is nothing left to read; resolves with the exit code. */
export async function startChat(path: string, options: ChatOptions): Promise<number> {
  const agent = await loadAgent(path)
  if (options.audio !== undefined) await makeAudioFolder(options.audio)
  const blocks = new TurnBlocks()
  // Where nobody sits at a terminal it is there only when it is asked for.
  const forPeople = process.stdin.isTTY && !options.json && !options.quiet
  const inspected =
    (options.inspector ?? forPeople) ? new (await import('./chat-inspector.ts')).ChatInspector() : undefined
  const { session, opening, close } = await openChatSession(agent, path, options, blocks, inspected?.inspector)
  const write = (text: string): void => void process.stdout.write(text)
  const writeError = (text: string): void => void process.stderr.write(text)
  const style = styleOf(process.stdout)
  const quiet = options.quiet === true
  const interactive = !options.json && process.stdin.isTTY && process.stdout.isTTY && process.env['TERM'] !== 'dumb'
  const view: ChatView = options.json
    ? new JsonView(write, new Set(Object.keys(agent.nodes).filter((id) => agent.nodes[id]?.background)))
    : interactive
      ? new TerminalView({ write, style, quiet, columns: () => process.stdout.columns })
      : new LineView({ write, writeError, style, quiet })
  const audio =
    options.audio === undefined
      ? undefined
      : new AudioFiles(options.audio, session, (line, isFault) => {
          if (options.json && isFault) writeError(`${line}\n`)
          else if (!quiet || isFault) conversation.remark(line)
        })
  const conversation: Conversation = new Conversation({
    session,
    audio,
    view,
    blocks,
    opening,
    // The other views tell what failed in their own way.
    writeError: options.json ? writeError : () => {},
    leavesAtOnce: !interactive,
  })
  const onInterrupt = (): void => conversation.interrupt()
  const reader = interactive
    ? new TerminalReader({ input: process.stdin, output: process.stdout }, style.cyan('› '), onInterrupt)
    : readLines(process.stdin, onInterrupt)
  const onEnding = (signal: NodeJS.Signals): void => conversation.leave(endings[signal as keyof typeof endings])
  for (const signal of Object.keys(endings)) process.once(signal, onEnding)
  if (interactive && !quiet) greet(session, write, style.dim)
  // Whoever wants the answers only still has to be able to find them again.
  if (opening) tellOpening(opening, view, quiet ? (line) => writeError(`${line}\n`) : undefined)
  void inspected?.serve((line) => (interactive ? conversation.remark(line) : writeError(`${line}\n`)))
  let exitCode = 1
  try {
    exitCode = await conversation.run(reader)
    return exitCode
  } finally {
    reader.close()
    const closed = Promise.all([close(), inspected?.close()])
    // A handler that does not listen to its signal must not keep a process that was told to end.
    await (exitCode > 128 ? Promise.race([closed, delay(patience)]) : closed)
  }
}

function greet(session: Session, write: (text: string) => void, dim: (text: string) => string): void {
  const { client, model } = modelOf({})
  const host = isOffline(client) ? 'the offline stand-in' : `${model} at ${new URL(client.baseURL).host}`
  write(dim(`${session.agent.id} with ${host}\n/help lists commands, Ctrl-C stops an answer, Ctrl-D leaves\n\n`))
}

function tellOpening({ lines, json }: Opening, view: ChatView, tell: ((line: string) => void) | undefined): void {
  if (tell) lines.forEach(tell)
  else view.reply(lines, json)
}
