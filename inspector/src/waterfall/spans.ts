/** A turn's records as bars on a time line. */
import type { InspectRecord, NodeView, TurnView } from '../../../src/inspect/protocol.ts'

/** One bar. */
export interface Span {
  readonly key: string
  /** The record that it is made of; null while it is still running. */
  readonly seq: number | null
  readonly kind: 'job' | 'model'
  readonly node: string
  readonly label: string
  /** 0 for work of nodes, 1 for what happened inside it. */
  readonly depth: number
  readonly start: number
  /** Null while it is still running. */
  readonly end: number | null
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled'
  /** Times inside it that are marked: the first text of a model. */
  readonly marks: readonly number[]
  readonly tokens: number
}

/** True for the records that have a bar. */
export function isSpanRecord(record: InspectRecord): boolean {
  return record.kind === 'job' || record.kind === 'model'
}

/** Bars of a turn in the order in which they began; what happened inside a job comes right after it. */
export function spansOf(
  turn: TurnView,
  records: readonly InspectRecord[],
  nodes: { readonly [id: string]: NodeView },
): Span[] {
  const own = records.filter(({ traceId }) => traceId === turn.traceId)
  const jobs = [...own.flatMap(jobSpan), ...runningSpans(turn, nodes)].sort((a, b) => a.start - b.start)
  const inner = own.flatMap(innerSpan).sort((a, b) => a.start - b.start)
  const placed = new Set<Span>()
  const spans = jobs.flatMap((job) => {
    const inside = inner.filter(
      (span) =>
        !placed.has(span) && span.node === job.node && span.start >= job.start && span.start <= (job.end ?? Infinity),
    )
    for (const span of inside) placed.add(span)
    return [job, ...inside]
  })
  const outside = inner.filter((span) => !placed.has(span)).map((span) => ({ ...span, depth: 0 }))
  return [...spans, ...outside]
}

function jobSpan(record: InspectRecord): Span[] {
  if (record.kind !== 'job') return []
  const { seq, node, event, attempt, startedAt, time, status, usage } = record
  const label = attempt > 1 ? `${event.type} (attempt ${attempt})` : event.type
  const base = { key: `job ${seq}`, seq, kind: 'job', node, label, depth: 0, marks: [] } as const
  return [{ ...base, start: startedAt, end: time, status, tokens: usage?.totalTokens ?? 0 }]
}

function innerSpan(record: InspectRecord): Span[] {
  if (record.kind === 'model') {
    const { seq, node, model, startedAt, time, firstTextAt, error, usage } = record
    const base = {
      key: `model ${seq}`,
      seq,
      kind: 'model',
      node,
      label: model,
      depth: 1,
      start: startedAt,
      end: time,
    } as const
    const marks = firstTextAt === null ? [] : [firstTextAt]
    return [{ ...base, marks, status: error ? 'failed' : 'completed', tokens: usage?.totalTokens ?? 0 }]
  }
  return []
}

function runningSpans({ traceId }: TurnView, nodes: { readonly [id: string]: NodeView }): Span[] {
  return Object.entries(nodes).flatMap(([node, { current }]): Span[] => {
    if (!current || current.since === null || !current.event.id.startsWith(`${traceId}.`)) return []
    const key = `running ${current.event.id} ${current.attempt}`
    const base = {
      key,
      seq: null,
      kind: 'job',
      node,
      label: current.event.type,
      depth: 0,
      marks: [],
      tokens: 0,
    } as const
    return [{ ...base, start: current.since, end: null, status: 'running' }]
  })
}

/** Round numbers of milliseconds for the lines of a time axis, about `count` of them. */
export function axisTicks(length: number, count = 6): number[] {
  const rough = Math.max(length, 1) / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= rough) ?? power * 10
  const ticks: number[] = []
  for (let at = 0; at <= length; at += step) ticks.push(at)
  return ticks
}
