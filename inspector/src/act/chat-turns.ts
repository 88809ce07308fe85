/** A session's records as a conversation. */
import type { InspectRecord, TurnView } from '../../../src/inspect/protocol.ts'

/** A turn as people see it. */
export interface ChatTurn {
  readonly turn: TurnView
  /** What the person wrote, or the signal that opened the turn. */
  readonly asked: readonly string[]
  /** The answer, as far as it is there. */
  readonly text: string
}

/** True for the records that a conversation is made of. */
export function isChatRecord(record: InspectRecord): boolean {
  if (record.kind === 'chunks') return record.type === 'llm_chunk'
  return record.kind === 'event' && (record.from === 'input' || record.type === 'llm_chunk_reset')
}

/** The newest turns as a conversation, oldest first; `records` are those of `isChatRecord`. */
export function chatTurns(turns: readonly TurnView[], records: readonly InspectRecord[], most = 100): ChatTurn[] {
  const shown = turns.slice(-most)
  const asked = new Map(shown.map(({ traceId }): [string, string[]] => [traceId, []]))
  const streamed = new Map<string, string>()
  for (const record of records) {
    const { traceId } = record
    const questions = traceId === null ? undefined : asked.get(traceId)
    if (traceId === null || !questions) continue
    if (record.kind === 'chunks') streamed.set(traceId, (streamed.get(traceId) ?? '') + record.text)
    else if (record.kind === 'event' && record.type === 'llm_chunk_reset') streamed.delete(traceId)
    else if (record.kind === 'event') questions.push(inputText(record.type, record.data))
  }
  return shown.map((turn) => ({
    turn,
    asked: asked.get(turn.traceId) ?? [],
    text: turn.text === '' ? (streamed.get(turn.traceId) ?? '') : turn.text,
  }))
}

function inputText(type: string, data: unknown): string {
  if (type !== 'user_input') return `${type} ${JSON.stringify(data)}`
  if (typeof data === 'string') return data
  if (!Array.isArray(data)) return JSON.stringify(data)
  return (data as { type?: string; text?: string }[])
    .map(({ type: kind, text }) => text ?? `[${kind ?? 'part'}]`)
    .join('\n')
}
