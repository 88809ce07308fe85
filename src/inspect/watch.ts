/** What the inspector knows of one session, whoever tells it: its past, who looks at it, and what they were shown. */
import type { Entry } from './entries.ts'
import type { MachineView, SessionActivity, SessionState, SessionSummary, UsageView } from './protocol.ts'
import { Past } from './retained.ts'
import type { TappedSession } from '../session/tap.ts'

/** Somebody who looks at a session. */
export interface Subscriber {
  /** A batch of it, as the text of a frame. */
  batch(watch: Watch, frame: string): void
  /** It came back under the same id: all that was shown of its state is void. */
  restarted(watch: Watch): void
}

/** What a watch does to those around it. */
export interface WatchHost {
  /** Keeps an entry. */
  keep(watch: Watch, entry: Entry): void
  /** An entry that is kept holds on to more. */
  grew(watch: Watch, entry: Entry, bytes: number): void
  /** The session changed without an entry. */
  touched(watch: Watch): void
  /** The session can be looked at. */
  attached(session: TappedSession): void
  /** The session has stopped. */
  gone(watch: Watch): void
}

/** See the top of this file. */
export abstract class Watch {
  readonly id: string
  readonly source: SessionSummary['source']
  readonly openedAt: number
  /** Taken over by the watch of the same session when that comes back. */
  past = new Past()
  lastSeq = 0
  lastAt: number
  title = ''
  subscribers: Set<Subscriber> | undefined
  /** Entries that its subscribers have not seen. */
  fresh: Entry[] = []
  /** The state that its subscribers have. */
  shown: SessionState | undefined
  protected readonly host: WatchHost

  constructor(host: WatchHost, id: string, source: SessionSummary['source'], time: number) {
    this.host = host
    this.id = id
    this.source = source
    this.openedAt = time
    this.lastAt = time
  }

  /** What can be done with it; undefined when it can only be looked at. */
  abstract readonly session: TappedSession | undefined
  /** Id of what it runs. */
  abstract readonly agentId: string
  abstract readonly activity: SessionActivity
  abstract readonly usage: UsageView
  abstract readonly turnCount: number
  abstract readonly failureCount: number
  /** Undefined while that is not known. */
  abstract machine(): MachineView | undefined
  /** The session as it is now; parts that are as before are the same objects. */
  abstract state(): SessionState

  get firstSeq(): number {
    return this.lastSeq - this.past.kept + 1
  }

  summary(): SessionSummary {
    const { id, agentId, source, activity, title, openedAt, lastAt, turnCount, failureCount, usage } = this
    return {
      id,
      agent: agentId,
      machine: this.machine()?.hash ?? null,
      source,
      activity,
      title,
      openedAt,
      lastAt,
      turns: turnCount,
      failures: failureCount,
      usage,
    }
  }

  protected keep(entry: Entry): void {
    this.lastSeq = entry.seq
    this.lastAt = entry.time
    this.host.keep(this, entry)
  }
}
