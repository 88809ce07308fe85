/**
 * Runs a loop-style node. Asking for the next event is the commit point: it settles the job of the last one.
 *
 * Invariants
 * 1. The loop sees an event only while its job is current; between two it waits inside `input()`.
 * 2. A loop that returns or throws settles the job that it was in; the next event starts the loop anew.
 */
import { TroupeError, toErrorData } from '../core/errors.ts'
import type { AgentEvent } from '../core/events.ts'
import type { NodeDefinition } from '../core/node.ts'
import { HandlerRuntime, type HandlerSession } from './handler-runtime.ts'
import type { Job, Outcome } from './host.ts'

type Next = IteratorResult<AgentEvent, undefined>
const over: Next = { done: true, value: undefined }

class LoopHandlerRuntime extends HandlerRuntime {
  readonly input: () => AsyncIterable<AgentEvent>

  constructor(session: HandlerSession, definition: NodeDefinition, job: Job, input: () => AsyncIterable<AgentEvent>) {
    super(session, definition, job)
    this.input = input
  }
}

/** One life of a node's loop. */
export class HandlerLoop {
  readonly runtime: HandlerRuntime
  /** Resolves when the loop's code has returned or thrown. */
  readonly ended: Promise<void>
  readonly #settle: (outcome: Outcome) => void
  #over = false
  #job: Job | undefined
  /** Handed over, but not yet asked for. */
  #event: AgentEvent | undefined
  #waiting: ((next: Next) => void) | undefined

  constructor(definition: NodeDefinition, session: HandlerSession, first: Job, settle: (outcome: Outcome) => void) {
    this.runtime = new LoopHandlerRuntime(session, definition, first, () => this.#input())
    this.#settle = settle
    this.ended = this.#run(definition)
  }

  /** True once the loop takes no more events. */
  get over(): boolean {
    return this.#over
  }

  /** Hands the loop its next event. */
  handle(job: Job, event: AgentEvent): void {
    this.runtime.next(job)
    this.#job = job
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting) waiting({ done: false, value: event })
    else this.#event = event
  }

  /** Ends the loop's input; nothing that it still does has an effect. */
  abandon(): void {
    this.#over = true
    this.#job = undefined
    this.#event = undefined
    this.runtime.abort()
    this.#waiting?.(over)
    this.#waiting = undefined
  }

  async #run(definition: NodeDefinition): Promise<void> {
    // The first event is handed over before the loop's code runs.
    await Promise.resolve()
    if (this.#over) return
    let failure: unknown
    try {
      if (definition.handler.style === 'loop') await definition.handler.loop(this.runtime as never)
      if (this.#event)
        failure = new TroupeError(
          'loop_ended',
          `The loop of node '${this.runtime.nodeId}' returned without taking the event: iterate over runtime.input().`,
        )
    } catch (error) {
      failure = error
    }
    this.#over = true
    const job = this.#job
    this.#job = undefined
    if (!job) return
    const outcome = this.runtime.outcome()
    this.#settle(
      failure === undefined
        ? outcome
        : { ...outcome, emits: [], messages: [], state: null, failure: toErrorData(failure) },
    )
  }

  #input(): AsyncIterable<AgentEvent> {
    const next = (): Promise<Next> => {
      this.#commit()
      const event = this.#event
      this.#event = undefined
      if (event) return Promise.resolve({ done: false, value: event })
      if (this.#over) return Promise.resolve(over)
      if (this.#waiting) {
        const message = `The loop of node '${this.runtime.nodeId}' asks for an event while it waits for one already.`
        return Promise.reject(new TroupeError('loop_input', message))
      }
      return new Promise((resolve) => {
        this.#waiting = resolve
      })
    }
    return { [Symbol.asyncIterator]: () => ({ next, return: () => Promise.resolve(over) }) }
  }

  /** Settles the event that the loop took last. Settling may hand over the next one. */
  #commit(): void {
    if (!this.#job || this.#event) return
    this.#job = undefined
    this.#settle(this.runtime.outcome())
  }
}
