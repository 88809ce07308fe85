/**
 * The steps of a session: each has one time, and effects that are taken when it is over. Steps within steps belong to
 * the outermost.
 */
import type { AgentEvent } from '../core/events.ts'
import { none } from '../core/lists.ts'
import { noEffects, type Effects } from './effects.ts'

/** See the top of this file. */
export abstract class Steps {
  /** Time of the present step, or of the last one; milliseconds since the epoch. */
  time: number
  /** Called when a step has effects to take. */
  onStep = (): void => {}
  #effects: Effects | undefined
  /** How many steps are within each other. A field, since every piece of a stream looks at it. */
  protected depth = 0
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
    this.time = now()
  }

  /** The present time, which that of a step stays behind; milliseconds since the epoch. */
  protected now(): number {
    return this.#now()
  }

  /** Settles what happened in a step, which still goes on: what that leads to by itself (turns that begin) belongs to it. */
  protected abstract endStep(): void

  /** Runs one step: whatever happens in it is settled and announced at its end. */
  protected step(work: () => void): void {
    this.enter()
    try {
      work()
      if (this.depth === 1) this.endStep()
    } finally {
      this.leave()
    }
  }

  protected enter(): void {
    if (this.depth === 0) this.time = this.#now()
    this.depth++
  }

  protected leave(): void {
    this.depth--
    if (this.depth === 0) this.onStep()
  }

  /** True in the middle of a step, where a checkpoint would be torn. */
  get stepping(): boolean {
    return this.depth > 0
  }

  /** Effects since they were taken last. */
  get effects(): Effects {
    return (this.#effects ??= noEffects())
  }

  /** Takes the effects of the steps since the last call. */
  take(): Effects {
    const { effects } = this
    this.#effects = undefined
    return effects
  }

  /** Takes the output of the steps since the last call, when nothing else came of them; undefined when something did. */
  takeOutputs(): readonly AgentEvent[] | undefined {
    const { durable, jobs, outputs } = this.effects
    // What is not durable is output and jobs only.
    if (durable || jobs.length > 0) return undefined
    this.effects.outputs = none
    return outputs
  }
}
