import type { Store } from 'troupe'

/** What a workload needs of an engine. */
export interface Adapter {
  readonly name: string
  readonly open: (options: EngineOptions) => Engine
}

export interface EngineOptions {
  /** Tool rounds of a turn. */
  readonly rounds: number
  /** Milliseconds that the model takes for an answer. */
  readonly delay: number
  /** Pieces of a streamed answer. */
  readonly pieces: number
  /** Where sessions are stored. Default: nowhere. */
  readonly store?: Store
}

/** An engine that is set up. Each call is a session of its own: opened, used for one turn, stopped. */
export interface Engine {
  /** Plays one turn; resolves with the answer's text. */
  turn(session: string, text: string): Promise<string>
  /** Streams one answer to `onPiece`, which is called in order. */
  stream(session: string, text: string, onPiece: (piece: string) => void): Promise<void>
}

/** An engine whose sessions can be kept open, and opened again from a store. */
export interface StoringEngine extends Engine {
  openThread(session: string): Promise<Thread>
}

/** An open session. */
export interface Thread {
  /** Plays a turn; resolves with the answer's text. */
  turn(text: string): Promise<string>
  stop(): Promise<void>
}
