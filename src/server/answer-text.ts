/**
 * The answer of a turn as one text, put together of what reaches `output`: chunks while they come, results where no
 * chunks came before. For clients of protocols that know no other way than adding to what they have.
 *
 * Invariants
 * 1. What was handed out is never handed out again: a handler that is run again is followed silently until it says
 *    more than was handed out.
 * 2. Once it says something else, `diverged` is true and nothing is handed out any more.
 */
import { resetOf, type AgentEvent } from '../core/events.ts'

/** One run of a node's model. */
interface Run {
  readonly from: string
  text: string
  /** The model has ended; a result may follow. */
  final: boolean
}

const separator = '\n\n'

/** See the top of this file. */
export class AnswerText {
  readonly #runs: Run[] = []
  #given = ''
  /** Something that was handed out is void: until as much is there again, nothing new is. */
  #behind = false
  #diverged = false

  /** True when what was handed out is not how the answer begins. */
  get diverged(): boolean {
    return this.#diverged
  }

  /** Once the turn has ended: what was handed out is all of the answer, and nothing but that. */
  get isWhole(): boolean {
    return !this.#behind && !this.#diverged
  }

  /** The answer so far. */
  get text(): string {
    return this.#runs
      .map(({ text }) => text)
      .filter((text) => text !== '')
      .join(separator)
  }

  /** Takes an event that reached `output`; gives what is to be added to what was handed out. */
  take({ type, from, data }: AgentEvent): string {
    if (type === 'llm_chunk') return this.#chunk(from, data as { text: string; final?: true })
    if (type === 'llm_result') return this.#result(from, (data as { text: string }).text)
    if (type === resetOf('llm_chunk')) this.#reset(from)
    return ''
  }

  /** Takes the text of an agent that answers with other events than those of models. */
  fallBack(text: string): string {
    return this.#runs.length > 0 || text === '' ? '' : this.#result('', text)
  }

  #chunk(from: string, { text, final }: { text: string; final?: true }): string {
    let run = this.#open(from)
    if (!run || run.final) {
      if (final && text === '') return ''
      run = { from, text: '', final: false }
      this.#runs.push(run)
    }
    const isFirst = run.text === ''
    run.text += text
    if (final) run.final = true
    return text === '' ? '' : this.#give(isFirst && this.#given !== '' ? separator + text : text)
  }

  #result(from: string, text: string): string {
    const run = this.#open(from)
    if (run) this.#runs[this.#runs.indexOf(run)] = { from: '', text, final: true }
    else this.#runs.push({ from: '', text, final: true })
    if (run?.text === text && !this.#behind) return ''
    // Not as it was streamed, or not streamed at all.
    this.#behind = true
    return this.#catchUp()
  }

  #reset(from: string): void {
    const run = this.#open(from)
    if (!run) return
    run.text = ''
    run.final = false
    this.#behind = true
  }

  #open(from: string): Run | undefined {
    return this.#runs.findLast((run) => run.from === from)
  }

  #give(text: string): string {
    if (this.#diverged) return ''
    if (this.#behind) return this.#catchUp()
    this.#given += text
    return text
  }

  #catchUp(): string {
    if (this.#diverged) return ''
    const whole = this.text
    if (this.#given.length > whole.length) {
      if (!this.#given.startsWith(whole)) this.#diverged = true
      return ''
    }
    if (!whole.startsWith(this.#given)) {
      this.#diverged = true
      return ''
    }
    const more = whole.slice(this.#given.length)
    this.#given = whole
    this.#behind = false
    return more
  }
}
