/** Reads lines from a terminal, with editing and history; what is typed while a turn runs waits for its end. */
import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import type { LineReader } from './line-reader.ts'

/** The terminal of a {@link TerminalReader}. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream
  readonly output: Pick<WriteStream, 'write' | 'columns' | 'rows' | 'on' | 'off'>
}

/** Reads behind a prompt. Ctrl-C calls `onInterrupt`, unless it clears a line that was begun; Ctrl-D ends it. */
export class TerminalReader implements LineReader {
  readonly #terminal: Terminal
  readonly #output: PromptOutput
  readonly #lines: Interface
  readonly #typed: string[] = []
  readonly #prompt: string
  #closed = false
  #answer: ((line: string | undefined) => void) | undefined

  constructor(terminal: Terminal, prompt: string, onInterrupt: () => void) {
    this.#terminal = terminal
    this.#prompt = prompt
    this.#output = new PromptOutput(terminal.output)
    this.#lines = createInterface({ input: terminal.input, output: this.#output, prompt, terminal: true })
    this.#lines.on('line', (line) => this.#take(line))
    this.#lines.on('SIGINT', () => {
      if (this.#answer && !this.#output.muted && this.#lines.line !== '') this.#clearLine()
      else onInterrupt()
    })
    this.#lines.on('close', () => {
      this.#closed = true
      this.#output.close()
      this.#deliver(undefined)
    })
  }

  read(): Promise<string | undefined> {
    if (this.#closed && this.#typed.length === 0) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      this.#answer = resolve
      this.redraw()
    })
  }

  hide(): void {
    if (!this.#answer || this.#output.muted) return
    const { rows } = this.#lines.getCursorPos()
    this.#terminal.output.write(`${rows > 0 ? `\u001b[${rows}A` : ''}\r\u001b[J`)
    this.#output.muted = true
    // Written to nowhere, it makes readline forget the lines that the prompt had.
    this.#lines.prompt(true)
  }

  redraw(): void {
    if (!this.#answer) return
    const early = this.#typed.shift()
    if (early !== undefined) {
      this.#terminal.output.write(`${this.#prompt}${early}\n`)
      this.#deliver(early)
      return
    }
    this.#output.muted = false
    // With what was typed meanwhile.
    this.#lines.prompt(true)
  }

  close(): void {
    this.#lines.close()
  }

  #take(line: string): void {
    if (this.#answer && !this.#output.muted) this.#deliver(line)
    else this.#typed.push(line)
  }

  #deliver(line: string | undefined): void {
    const answer = this.#answer
    this.#answer = undefined
    this.#output.muted = true
    answer?.(line)
  }

  #clearLine(): void {
    this.#lines.write(null, { ctrl: true, name: 'e' })
    this.#lines.write(null, { ctrl: true, name: 'u' })
  }
}

/** The terminal as readline sees it: silent while a turn writes there. */
class PromptOutput extends Writable {
  muted = true
  readonly isTTY = true
  readonly #terminal: Terminal['output']
  readonly #onResize = (): boolean => this.emit('resize')

  constructor(terminal: Terminal['output']) {
    super()
    this.#terminal = terminal
    terminal.on('resize', this.#onResize)
  }

  /** Nothing wraps while nothing is shown; else the prompt would clear lines above it that are not its own. */
  get columns(): number {
    return this.muted ? Infinity : this.#terminal.columns
  }

  get rows(): number {
    return this.#terminal.rows
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (!this.muted) this.#terminal.write(chunk)
    done()
  }

  close(): void {
    this.#terminal.off('resize', this.#onResize)
  }
}
