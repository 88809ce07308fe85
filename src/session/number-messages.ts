/** Gives the messages of a commit their place in the transcript. */
import type { StagedMessage } from '../actor/host.ts'
import type { MessageRecord } from '../core/messages.ts'
import type { TranscriptHead } from './checkpoint.ts'

/** What a commit makes of its messages. */
export interface NumberedMessages {
  /** The head behind them. */
  readonly head: TranscriptHead
  readonly records: readonly MessageRecord[]
  /** The permanent ids by the provisional ones. */
  readonly permanent: ReadonlyMap<string, string>
}

/** Numbers messages from the head on. Only a commit may: an index that is given out and not stored would be a hole. */
export function numberMessages(
  head: TranscriptHead,
  messages: readonly StagedMessage[],
  traceId: string,
): NumberedMessages {
  const permanent = new Map<string, string>()
  const records: MessageRecord[] = []
  const { branch, parents } = head
  let { count } = head
  for (const { provisionalId, message, aside } of messages) {
    const id = `${branch}.${count++}`
    permanent.set(provisionalId, id)
    records.push(aside ? { id, traceId, message, aside: true } : { id, traceId, message })
  }
  return { head: { branch, count, parents }, records, permanent }
}
