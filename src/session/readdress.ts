/** Gives what is stored of a session another id: in the ids of its turns and events, wherever they stand. What was said stays as it is. */
import type { Json } from '../core/json.ts'
import type { MessageRecord } from '../core/messages.ts'
import type { LoggedEvent } from '../core/store.ts'
import type { Checkpoint } from './checkpoint.ts'

/** Changes the address of what one session stored into that of another; ids of anything else stay. */
export class Readdress {
  readonly #from: string
  readonly #to: string
  readonly #id: RegExp

  constructor(from: string, to: string) {
    this.#from = from
    this.#to = to
    this.#id = new RegExp(
      `^${from.replace(/[.\\]/g, '\\$&')}((?:/\\d+\\.\\d+(?:\\.\\d+)*(?:~[a-z0-9_]+(?:\\.\\d+)+)?)+)$`,
    )
  }

  checkpoint(checkpoint: Checkpoint): Checkpoint {
    return { ...this.#inside(checkpoint), sessionId: this.#to }
  }

  message(record: MessageRecord): MessageRecord {
    return { ...record, traceId: this.#renamed(record.traceId) }
  }

  entry(entry: LoggedEvent): LoggedEvent {
    const event = this.#inside(entry.event)
    const sessionId = event.sessionId === this.#from ? this.#to : event.sessionId
    const { checkpoint } = entry
    return {
      ...entry,
      event: { ...event, sessionId },
      ...(checkpoint ? { checkpoint: this.#inside(checkpoint) } : {}),
    }
  }

  #renamed(text: string): string {
    return text.replace(this.#id, (_, rest: string) => this.#to + rest)
  }

  #inside<Value extends object>(value: Value): Value {
    const inside = (each: Json | undefined): Json | undefined => {
      if (typeof each === 'string') return this.#renamed(each)
      if (typeof each !== 'object' || each === null) return each
      if (Array.isArray(each)) return (each as readonly Json[]).map((one) => inside(one) as Json)
      return Object.fromEntries(Object.entries(each).map(([key, one]) => [this.#renamed(key), inside(one)]))
    }
    return inside(value as unknown as Json) as unknown as Value
  }
}
