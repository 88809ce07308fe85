/** A chat between a person and a session: lines in, turns out. */
import { messageOf, SessionEndedError, SessionStoppedError, SessionStoreError, toErrorData } from '../core/errors.ts'
import type { TurnResult } from '../core/turn.ts'
import type { Session } from '../session/session.ts'
import type { Turn } from '../session/turn.ts'
import type { AudioFiles } from './audio-files.ts'
import { adviceFor, readCommand, runCommand } from './chat-command.ts'
import type { Opening } from './chat-session.ts'
import { cutOff, type ChatView } from './chat-view.ts'
import type { LineReader } from './line-reader.ts'
import type { BlockView, Happening, TurnBlocks } from './turn-blocks.ts'

/** What a {@link Conversation} is made of. */
export interface ConversationSettings {
  readonly session: Session
  readonly view: ChatView
  /** Listens to the session already. */
  readonly blocks: TurnBlocks
  readonly opening: Opening | undefined
  /** Writes what is spoken. */
  readonly audio?: AudioFiles | undefined
  readonly writeError: (text: string) => void
  /** Ctrl-C ends the chat at once: nobody is there to type on. */
  readonly leavesAtOnce: boolean
}

/** Exit code of what Ctrl-C ended, as shells have it. */
const interrupted = 130

/** Turns follow each other, commands are run between them. */
export class Conversation implements BlockView {
  readonly #settings: ConversationSettings
  readonly #session: Session
  readonly #view: ChatView
  readonly #blocks: TurnBlocks
  readonly #left: Promise<void>
  #leave = (): void => {}
  #reader: LineReader | undefined
  /** What is to be said when the turn at work has ended. */
  readonly #remarks: string[] = []
  /** What the user wrote in turns that are open. */
  readonly #asked: Map<string, string>
  #interrupts = 0
  #exitCode = 0
  #leaving = false

  constructor(settings: ConversationSettings) {
    const { session, view, blocks, opening } = settings
    this.#settings = settings
    this.#session = session
    this.#view = view
    this.#blocks = blocks
    this.#asked = new Map(opening?.asked)
    this.#left = new Promise((resolve) => (this.#leave = resolve))
    blocks.showIn(this)
  }

  /** Talks until there is nothing left to read; resolves with the exit code. */
  async run(reader: LineReader): Promise<number> {
    this.#reader = reader
    for (const line of adviceFor(this.#session.pending(), this.#session)) this.#view.notice(line)
    this.#blocks.release()
    // Work that an earlier process left behind goes on first.
    await this.#rest()
    while (!this.#leaving) {
      const line = await Promise.race([reader.read(), this.#left])
      if (typeof line !== 'string') break
      if (line.trim() === '') continue
      this.#interrupts = 0
      // A turn may have begun meanwhile without the user.
      await this.#rest()
      await this.#handle(() => this.#begin(line))
      await this.#rest()
      await this.#hearOut()
    }
    await this.#rest()
    return this.#exitCode
  }

  /** Ctrl-C: the first one stops the turn, the second one leaves, the third one waits for nothing. */
  interrupt(): void {
    this.#interrupts += this.#settings.leavesAtOnce ? 2 : 1
    if (this.#interrupts > 2 && this.#leaving) process.exit(interrupted)
    const { current } = this.#blocks
    if (current !== undefined) this.#session.cancel(current)
    if (this.#interrupts === 1) {
      if (current !== undefined) return
      this.#view.notice('\nCtrl-C again leaves, and so does Ctrl-D')
      this.#reader?.redraw()
      return
    }
    this.#exitCode = interrupted
    this.#leaving = true
    this.#reader?.close()
  }

  /** Leaves without an end of what is at work: a session that is stored goes on with it when it is opened again. */
  leave(exitCode: number): void {
    this.#exitCode = exitCode
    this.#leaving = true
    this.#leave()
  }

  /** Says something that belongs to no turn: above the prompt, or once the turn at work has ended. */
  remark(text: string): void {
    if (this.#blocks.current !== undefined) return void this.#remarks.push(text)
    this.#reader?.hide()
    this.#view.notice(text)
    this.#reader?.redraw()
  }

  began(traceId: string, behind: boolean): void {
    const restored = this.#settings.opening?.atWork.has(traceId) === true
    const by = restored ? 'restore' : behind ? 'turn' : 'timer'
    this.#reader?.hide()
    this.#view.begin({ type: 'turn_start', by, traceId, text: this.#asked.get(traceId) ?? null })
  }

  show(happening: Exclude<Happening, { kind: 'end' }>): void {
    if (happening.kind === 'hop') this.#view.transition(happening.hop)
    else if (happening.kind === 'output') {
      this.#view.output(happening.event)
      const cut = cutOff(happening.event)
      if (cut) this.#view.notice(cut)
    } else this.#view.states(happening.states)
  }

  showLate(happening: Exclude<Happening, { kind: 'end' }>): void {
    this.#reader?.hide()
    this.show(happening)
    this.#reader?.redraw()
  }

  ended(result: TurnResult): void {
    const { traceId, status, pending, error } = result
    if (status !== 'waiting') this.#asked.delete(traceId)
    this.#view.end(result, this.#session.nodeStates(), adviceFor(pending, this.#session))
    if (status === 'failed') {
      this.#exitCode ||= 1
      this.#settings.writeError(`error: ${error?.message}\n`)
    }
    for (const text of this.#remarks.splice(0)) this.#view.notice(text)
    this.#reader?.redraw()
  }

  /** Resolves when no turn is at work, or the chat is left. */
  async #rest(): Promise<void> {
    if (this.#leaving) return
    try {
      await Promise.race([this.#session.idle(), this.#left])
    } catch (error) {
      this.#fail(error)
    }
  }

  /** Lets the agent say what it has to say, and tells it that this was heard. */
  async #hearOut(): Promise<void> {
    const { audio } = this.#settings
    if (!audio) return
    const played = await Promise.race([audio.complete(), this.#left])
    if (!played) return
    await this.#handle(() => {
      this.#view.begin({ type: 'signal', name: 'playback', data: played })
      return this.#session.signal('playback', played)
    })
    await this.#rest()
  }

  async #handle(begin: () => Promise<Turn | undefined>): Promise<void> {
    if (this.#leaving) return
    // Its first events come while it is begun, when the id of its turn is not known yet.
    this.#blocks.hold()
    try {
      const turn = await begin()
      this.#blocks.release(turn?.traceId)
      if (turn) await Promise.race([turn.result, this.#left])
    } catch (error) {
      this.#blocks.abandon()
      this.#fail(error)
    }
  }

  /** Sends a line, or runs the command in it; the turn that it began or goes on with. */
  async #begin(line: string): Promise<Turn | undefined> {
    const command = readCommand(line)
    if (!command) {
      this.#view.begin({ type: 'user_input', text: line })
      const turn = this.#session.send(line)
      this.#asked.set(turn.traceId, line)
      return turn
    }
    const { name, rest } = command
    const outcome = await runCommand(name, rest, {
      session: this.#session,
      view: this.#view,
      pending: this.#session.pending(),
    })
    if (outcome === 'leave') this.#leaving = true
    return typeof outcome === 'string' ? undefined : outcome
  }

  #fail(error: unknown): void {
    // Nothing more can be said then.
    const over = [SessionEndedError, SessionStoppedError, SessionStoreError].some((each) => error instanceof each)
    if (error instanceof SessionStoppedError && this.#leaving) return
    if (over) this.#leaving = true
    this.#exitCode ||= 1
    this.#view.fault(messageOf(error), toErrorData(error).code)
    this.#settings.writeError(`error: ${messageOf(error)}\n`)
  }
}
