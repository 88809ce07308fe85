/** Gives the messages of a commit their place in the transcript. */
import type { StagedMessage } from '../actor/host.ts'
import type { MessageRecord } from '../core/messages.ts'
import type { TranscriptHead } from './checkpoint.ts'

/** What a commit makes of its messages. */
export interface NumberedMessages {
  /** The head behind them. */
  readonly head: TranscriptHead
  readonly records: readonly MessageRecord[]
  /** The permanent id in place of a provisional one; undefined for any other text. */
  readonly permanent: (text: string) => string | undefined
}

/** Numbers messages from the head on. Only a commit may: an index that is given out and not stored would be a hole. */
export function numberMessages(
  head: TranscriptHead,
  messages: readonly StagedMessage[],
  traceId: string,
): NumberedMessages {
  const records: MessageRecord[] = []
  const { branch, parents } = head
  let { count, amended } = head
  // Most commits have a message or two: a map would cost more than it saves.
  const permanent = (text: string): string | undefined =>
    records[messages.findIndex(({ provisionalId }) => provisionalId === text)]?.id
  for (const { message, aside, amends } of messages) {
    const id = `${branch}.${count++}`
    if (amends === undefined) {
      records.push(aside ? { id, traceId, message, aside: true } : { id, traceId, message })
      continue
    }
    records.push({ id, traceId, message, amends: permanent(amends) ?? amends })
    amended = true
  }
  return { head: amended ? { branch, count, parents, amended } : { branch, count, parents }, records, permanent }
}
