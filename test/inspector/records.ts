/** Records as the feed sends them, for tests of what the page makes of them. */
import type { ChunksRecord, EventRecord, JobRecord, ModelRecord, TurnView } from '../../src/inspect/protocol.ts'

const base = { time: 1_000, traceId: 's/0.1' }
const noUsage = { inputTokens: 0, outputTokens: 0, totalTokens: 0, calls: 0 }

/** An event that travelled. */
export function eventRecord(
  seq: number,
  from: string,
  type: string,
  to: readonly string[],
  more: Partial<EventRecord> = {},
): EventRecord {
  return { ...base, kind: 'event', seq, eventId: `s/0.1.${seq}`, from, type, data: {}, to, ...more }
}

/** Streamed text. */
export function chunksRecord(seq: number, from: string, text: string, more: Partial<ChunksRecord> = {}): ChunksRecord {
  return {
    ...base,
    kind: 'chunks',
    seq,
    from,
    type: 'llm_chunk',
    count: 2,
    text,
    last: { text },
    until: 1_000,
    ...more,
  }
}

/** A handler that was through after `took` milliseconds. */
export function jobRecord(
  seq: number,
  node: string,
  startedAt: number,
  took: number,
  more: Partial<JobRecord> = {},
): JobRecord {
  const event = { id: `s/0.1.${seq}`, from: 'input', type: 'user_input' }
  return {
    ...base,
    kind: 'job',
    seq,
    node,
    event,
    attempt: 1,
    startedAt,
    time: startedAt + took,
    status: 'completed',
    emits: [],
    ...more,
  }
}

/** A model call that was through after `took` milliseconds. */
export function modelRecord(seq: number, node: string, startedAt: number, took: number): ModelRecord {
  const call = {
    eventId: 's/0.1.1',
    model: 'gpt',
    url: '',
    streamed: true,
    firstTextAt: startedAt + 1,
    status: 200,
    finishReason: 'stop',
  }
  return {
    ...base,
    ...call,
    kind: 'model',
    seq,
    node,
    startedAt,
    time: startedAt + took,
    usage: { ...noUsage, totalTokens: 7 },
    messages: 1,
  }
}

/** A turn that ended. */
export function turnView(traceId: string, more: Partial<TurnView> = {}): TurnView {
  return {
    traceId,
    status: 'completed',
    startedAt: 1_000,
    endedAt: 1_100,
    text: '',
    usage: noUsage,
    error: null,
    dropped: [],
    ...more,
  }
}
