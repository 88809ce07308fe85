/** One life of the worker process, from its start to its kill, as the test sees it. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { inject } from 'vitest'
import type { TurnPolicy, TurnResult } from 'troupe'
import type { Line, Request, WorkerFault } from './protocol.ts'

/** The process is dead; whether it carried out what it was asked is unknown. */
export class LifeEndedError extends Error {}

/** The process answered that it could not do what it was asked. */
export class WorkerError extends Error {
  readonly code: string

  constructor(request: Request, fault: WorkerFault) {
    super(`${request.op}: ${fault.name}: ${fault.message}`)
    this.code = fault.code
  }
}

interface Waiter<T> {
  readonly resolve: (value: T) => void
  readonly reject: (error: unknown) => void
}

/** Handle of a message that was sent; neither promise causes an unhandled rejection. */
export interface SentMessage {
  /** The trace id of its turn. */
  readonly accepted: Promise<string>
  readonly result: Promise<TurnResult>
}

/** See the top of this file. */
export class Life {
  /** Resolves with the signal that ended the process, or its exit code. */
  readonly ended: Promise<NodeJS.Signals | number | null>
  /** Ids of the durable events that reached the output, as `<session>/…`. */
  readonly outputs: string[] = []
  readonly #child: ChildProcessWithoutNullStreams
  readonly #asked = new Map<number, Waiter<unknown> & { readonly request: Request }>()
  readonly #results = new Map<string, Waiter<TurnResult>[]>()
  readonly #ready: Promise<void>
  #lines = 0
  #onLine = (_count: number): void => {}
  #over = false
  #errors = ''

  constructor(environment: Readonly<Record<string, string>> = {}) {
    const { NODE_OPTIONS: _options, ...inherited } = process.env
    this.#child = spawn(process.execPath, [inject('crashWorker')], { env: { ...inherited, ...environment } })
    this.#child.stdin.on('error', () => {})
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => (this.#errors += text))
    let ready = (): void => {}
    this.#ready = new Promise((resolve) => (ready = resolve))
    createInterface(this.#child.stdout).on('line', (text) => {
      // The kill may have cut the last line off.
      if (!text.endsWith('}')) return
      const line = JSON.parse(text) as Line
      if (line.kind === 'ready') return ready()
      this.#take(line)
      if (line.kind !== 'failed' && line.kind !== 'refused') this.#onLine(++this.#lines)
    })
    this.ended = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => {
        this.#over = true
        ready()
        this.#rejectAll()
        resolve(signal ?? code)
      })
    })
  }

  /** What the process wrote to stderr. */
  get errors(): string {
    return this.#errors
  }

  /** Asks for something; resolves when it is done. */
  async ask<T = null>(request: Request): Promise<T> {
    await this.#ready
    return this.#ask<T>(request)
  }

  /** Sends a message; call it only once the session is open. */
  send(session: string, id: string, text: string, policy?: TurnPolicy): SentMessage {
    const key = `${session} ${id}`
    const result = new Promise<TurnResult>((resolve, reject) => {
      this.#results.set(key, [...(this.#results.get(key) ?? []), { resolve, reject }])
    })
    result.catch(() => {})
    const accepted = this.#ask<string>({ op: 'send', session, id, text, policy })
    accepted.catch(() => {})
    return { accepted, result }
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal)
  }

  /** Kills the process a moment after it printed so many lines: at a point of its work, not of the clock. */
  killAfter(lines: number, milliseconds: number): void {
    let timer: NodeJS.Timeout | undefined
    this.#onLine = (count) => {
      if (count >= lines) timer ??= setTimeout(() => this.kill(), milliseconds)
    }
    if (lines === 0) this.#onLine(0)
    void this.ended.then(() => clearTimeout(timer))
  }

  #ask<T>(request: Request): Promise<T> {
    if (this.#over) return Promise.reject(new LifeEndedError(this.#errors))
    const n = this.#asked.size + 1
    return new Promise<T>((resolve, reject) => {
      this.#asked.set(n, { request, resolve: resolve as (value: unknown) => void, reject })
      this.#child.stdin.write(`${JSON.stringify({ ...request, n })}\n`)
    })
  }

  #take(line: Line): void {
    switch (line.kind) {
      case 'done':
        return this.#asked.get(line.n)?.resolve(line.value)
      case 'failed': {
        const asked = this.#asked.get(line.n)
        return asked?.reject(new WorkerError(asked.request, line.error))
      }
      case 'output':
        return void this.outputs.push(line.eventId)
      case 'result':
        return this.#results.get(`${line.session} ${line.id}`)?.shift()?.resolve(line.result)
      case 'refused': {
        const request: Request = { op: 'send', session: line.session, id: line.id, text: '' }
        return this.#results.get(`${line.session} ${line.id}`)?.shift()?.reject(new WorkerError(request, line.error))
      }
      case 'ready':
    }
  }

  #rejectAll(): void {
    const error = new LifeEndedError(this.#errors)
    for (const { reject } of this.#asked.values()) reject(error)
    for (const waiters of this.#results.values()) for (const { reject } of waiters) reject(error)
  }
}
