/**
 * One store and the lives of the processes on it: each is killed at a random moment, the next one goes on. Clients send
 * again what was not accepted, and at times what was. Every conversation that came to its end is checked.
 */
import { expect } from 'vitest'
import type { Service } from '../conformance/service.ts'
import type { TalkingAgentId } from './agents.ts'
import { conversationOf, converse, inspect, type Conversation } from './conversation.ts'
import { readEffects } from './effects.ts'
import { checkConversation } from './invariants.ts'
import type { SweepReport } from '../../src/pool/resume-due.ts'
import { Life, LifeEndedError, WorkerError } from './life.ts'
import { below, randomOf, type Random } from './random.ts'

export interface LaneOptions {
  readonly seed: number
  /** URL of the store. */
  readonly url: string
  /** File of what the tools did. */
  readonly effects: string
  /** How often the process is killed. */
  readonly kills: number
  /** No life begins after it; milliseconds since the epoch. */
  readonly deadline?: number
  /** The server behind the store, which is killed too. */
  readonly service?: Service
}

export type LaneFigures = ReturnType<typeof noFigures>

/** Figures of a lane in which nothing happened. */
export function noFigures() {
  return {
    kills: 0,
    serverKills: 0,
    lives: 0,
    sweeps: 0,
    resumed: 0,
    conversations: 0,
    answers: 0,
    repeats: 0,
    calls: 0,
    effects: 0,
    reruns: 0,
    unknown: 0,
  }
}

const awayCodes: ReadonlySet<string> = new Set(['store_failed', 'store_timeout', 'session_store'])

const agents: readonly TalkingAgentId[] = ['assistant', 'refund_desk', 'courier', 'scholar']

/** See the top of this file. */
export class Lane {
  readonly figures = noFigures()
  readonly #options: LaneOptions
  readonly #random: Random
  readonly #open: (Conversation | undefined)[] = agents.map(() => undefined)
  /** Every durable event that a client saw. */
  readonly #outputs = new Set<string>()
  #count = 0
  #server: Promise<void> | undefined

  constructor(options: LaneOptions) {
    this.#options = options
    this.#random = randomOf(options.seed)
  }

  /** Runs lives until so many were killed, and a last one that finishes what is open. */
  async run(): Promise<void> {
    const { kills, deadline = Infinity } = this.#options
    let next = new Life()
    while (this.figures.kills < kills && Date.now() < deadline) {
      const life = next
      // Loads while the other one works.
      next = new Life()
      await this.#live(life)
    }
    this.figures.lives++
    await this.#start(next)
    await this.#sweep(next)
    await Promise.all(agents.map((_, slot) => this.#converse(next, slot, true)))
    const { resumed } = await this.#sweep(next)
    expect(resumed, 'nothing is left to be done').toEqual([])
    await next.ask({ op: 'end' })
    expect(await next.ended, next.errors).toBe(0)
  }

  async #live(life: Life): Promise<void> {
    this.figures.lives++
    const random = this.#random
    const sweepOnly = random() < 0.2
    await this.#start(life)
    // A sweep prints one line at its end; clients lead to a line for whatever they are told.
    life.killAfter(sweepOnly ? 0 : below(random, 48), random() * (sweepOnly ? 25 : 4))
    if (this.#options.service && random() < 0.3) this.#killServer(this.#options.service)
    const work = sweepOnly ? [this.#sweep(life)] : agents.map((_, slot) => this.#converse(life, slot, false))
    const faults = (await Promise.allSettled(work)).flatMap((each) => (each.status === 'rejected' ? [each.reason] : []))
    const unexpected = faults.find((fault) => !(fault instanceof LifeEndedError))
    if (unexpected !== undefined) {
      life.kill()
      throw unexpected
    }
    expect(await life.ended, life.errors).toBe('SIGKILL')
    this.figures.kills++
    for (const id of life.outputs) this.#outputs.add(id)
    await this.#server
  }

  async #start(life: Life): Promise<void> {
    const { url, effects } = this.#options
    await this.#withServer(() => life.ask({ op: 'start', url, effects }))
  }

  /** What a store on a server cannot do while that is away, it does when it is back. */
  async #withServer<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work()
      } catch (error) {
        if (!this.#options.service || !(error instanceof WorkerError) || !awayCodes.has(error.code)) throw error
        await this.#server
      }
    }
  }

  /** Opens what is due; no client asks for it. */
  async #sweep(life: Life): Promise<SweepReport> {
    this.figures.sweeps++
    for (;;) {
      const report = await this.#withServer(() => life.ask<SweepReport>({ op: 'sweep' }))
      this.figures.resumed += report.resumed.length
      const unexpected = report.failed.filter(({ error }) => !this.#options.service || !awayCodes.has(error.code))
      expect(unexpected).toEqual([])
      if (report.failed.length === 0) return report
      await this.#server
    }
  }

  /** Holds one conversation after the other; the last life only finishes the one that is open. */
  async #converse(life: Life, slot: number, last: boolean): Promise<void> {
    for (;;) {
      const conversation = this.#open[slot] ?? (last ? undefined : this.#newConversation(slot))
      if (!conversation) return
      this.#open[slot] = conversation
      const answered = conversation.inputs.filter(({ result }) => result).length
      // A store whose server is away ends the session; clients open it again.
      await this.#withServer(() => this.#finish(life, conversation)).finally(() => {
        this.figures.answers += conversation.inputs.filter(({ result }) => result).length - answered
      })
      this.figures.conversations++
      this.#open[slot] = undefined
    }
  }

  async #finish(life: Life, conversation: Conversation): Promise<void> {
    const random = this.#random
    await converse(life, conversation, {
      hurries: () => random() < 0.4,
      repeats: () => {
        const again = random() < 0.15
        if (again) this.figures.repeats++
        return again
      },
    })
    await this.#check(life, conversation)
  }

  async #check(life: Life, conversation: Conversation): Promise<void> {
    const inspection = await inspect(life, conversation.session)
    const { session } = conversation
    const seen = new Set([...this.#outputs, ...life.outputs].filter((id) => id.startsWith(`${session}/`)))
    const found = await checkConversation(conversation, inspection, seen, readEffects(this.#options.effects, session))
    for (const key of ['calls', 'effects', 'reruns', 'unknown'] as const) this.figures[key] += found[key]
    expect(await life.ask({ op: 'messages', session: conversation.session })).toEqual(inspection.messages)
  }

  #newConversation(slot: number): Conversation {
    const session = `lane-${this.#options.seed}-${this.#count++}`
    return conversationOf(session, agents[slot] as TalkingAgentId, 3 + below(this.#random, 4))
  }

  #killServer(service: Service): void {
    this.figures.serverKills++
    this.#server = service
      .kill()
      .then(() => service.start())
      .finally(() => (this.#server = undefined))
  }
}
