/** The bounds of a server: nothing in it grows without end. */

/** Bounds of a server; what is left out takes the default. */
export interface ServerLimits {
  /** Bytes of a request's body; a larger one is answered with 413. Default: 1,048,576. */
  readonly maxBodyBytes?: number
  /** Characters of a message as JSON; a longer one is answered with 413. Default: 262,144. */
  readonly maxMessageCharacters?: number
  /** Streams that are open at the same time; one more is answered with 429. Default: 2,000. */
  readonly maxStreams?: number
  /** Events of a session that are kept for clients that come back. Default: 2,000. */
  readonly maxReplayEvents?: number
  /** Bytes of them, spoken audio aside. Default: 262,144. */
  readonly maxReplayBytes?: number
  /** Bytes of spoken audio among them, which do not count there. Default: 4,194,304, about 100 s of 16 kHz WAV. */
  readonly maxReplayAudioBytes?: number
  /** Milliseconds for which they are kept when nobody follows the session. Default: 30,000. */
  readonly replayFor?: number
  /** Milliseconds of silence after which a stream gets a comment, so that proxies keep it. Default: 15,000. */
  readonly heartbeat?: number
  /** Milliseconds in which a client has to take something of what waits for it; then it is cut off. Default: 60,000. */
  readonly stallTimeout?: number
}

/** The bounds with every default filled in. */
export type ResolvedServerLimits = Required<ServerLimits>

/** What holds where nothing is said. */
export const defaultServerLimits: ResolvedServerLimits = {
  maxBodyBytes: 1_048_576,
  maxMessageCharacters: 262_144,
  maxStreams: 2_000,
  maxReplayEvents: 2_000,
  maxReplayBytes: 262_144,
  maxReplayAudioBytes: 4_194_304,
  replayFor: 30_000,
  heartbeat: 15_000,
  stallTimeout: 60_000,
}
