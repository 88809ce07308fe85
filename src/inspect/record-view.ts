/** Turns what is kept into records: only when somebody looks. */
import type {
  AskedGuard,
  ChunksEntry,
  Entry,
  EventEntry,
  JobEntry,
  LifeEntry,
  ModelEntry,
  TakenTransition,
  TurnEntry,
} from './entries.ts'
import { diff } from './diff.ts'
import type {
  EventRecord,
  FiredTransition,
  GuardTrial,
  InspectRecord,
  JsonValue,
  ModelExchange,
  ModelRecord,
  Patch,
  StateValueView,
} from './protocol.ts'
import { errorView, type Plain } from './plain.ts'
import { clip } from './clip.ts'

// Entries that hold on to more are cut where they are shown in a list.
const longEntry = 16_384

/** An entry as a record; with `whole`, nothing in it is cut. */
export function recordOf(entry: Entry, plain: Plain, whole = false): InspectRecord {
  const record = entry.kind === 'foreign' ? entry.record : seen(entry, plain)
  return whole || entry.bytes <= longEntry ? record : clip(record)
}

/** Patches are made of what the hook has seen already, so they are added after it. */
function seen(entry: Exclude<Entry, { kind: 'foreign' }>, plain: Plain): InspectRecord {
  const record = plain.of('record', plainRecord(entry))
  if (entry.kind !== 'event') return record
  const context = contextPatches(entry, plain)
  return context.length > 0 ? ({ ...record, context } as EventRecord) : record
}

function plainRecord(entry: Exclude<Entry, { kind: 'foreign' }>): InspectRecord {
  switch (entry.kind) {
    case 'event':
      return eventRecord(entry)
    case 'chunks':
      return chunksRecord(entry)
    case 'job':
      return jobRecord(entry)
    case 'turn':
      return turnRecord(entry)
    case 'model':
      return modelRecord(entry)
    case 'life':
      return lifeRecord(entry)
  }
}

function eventRecord({ seq, time, event, type, ...entry }: EventEntry): EventRecord {
  const { states, taken, guards, to, dropped, error } = entry
  const [from, name] = event && `${event.from}.${event.type}` === type ? [event.from, event.type] : ['xstate', type]
  return {
    seq,
    time,
    traceId: event?.traceId ?? null,
    kind: 'event',
    eventId: event?.id ?? null,
    from: event?.from ?? from,
    type: name,
    data: (event?.data ?? null) as JsonValue,
    to,
    ...(dropped ? { dropped: true } : {}),
    ...(states ? { states: states as readonly [StateValueView, StateValueView] } : {}),
    ...(taken.length > 0 ? { fired: taken.map(firedView) } : {}),
    ...(guards.length > 0 ? { guards: guards.map(guardView) } : {}),
    ...(error === undefined ? {} : { error: errorView(error) }),
  }
}

function contextPatches({ contexts }: EventEntry, plain: Plain): Patch[] {
  return contexts ? diff(plain.of('context', contexts[0]), plain.of('context', contexts[1])) : []
}

const views = new WeakMap<TakenTransition, FiredTransition>()

function firedView(transition: TakenTransition): FiredTransition {
  const known = views.get(transition)
  if (known) return known
  const { source, target, eventType, guard, actions } = transition
  const view: FiredTransition = {
    source: source.id,
    targets: target?.map(({ id }) => id) ?? [],
    event: eventType,
    index: Math.max(0, source.transitions.get(eventType)?.indexOf(transition) ?? 0),
    ...(guard === undefined ? {} : { guard: nameOf(guard) }),
    actions: actions.map(nameOf),
  }
  views.set(transition, view)
  return view
}

function nameOf(part: unknown): string {
  if (typeof part === 'string') return part
  const { type, name } = part as { type?: unknown; name?: unknown }
  return typeof type === 'string' ? type : typeof name === 'string' && name !== '' ? name : '(inline)'
}

function guardView({ name, params, result }: AskedGuard): GuardTrial {
  return params === undefined ? { guard: name, result } : { guard: name, params: params as JsonValue, result }
}

function chunksRecord({ seq, time, events }: ChunksEntry): InspectRecord {
  const [{ traceId, from, type }] = events as [ChunksEntry['events'][number]]
  const last = events.at(-1)
  const text = events.map(({ data }) => (data as { text?: unknown } | null)?.text)
  return {
    seq,
    time,
    traceId,
    kind: 'chunks',
    from,
    type,
    count: events.length,
    text: text.filter((piece) => typeof piece === 'string').join(''),
    last: (last?.data ?? null) as JsonValue,
    until: last?.time ?? time,
  }
}

function jobRecord({
  seq,
  time,
  node,
  event,
  attempt,
  startedAt,
  status,
  emits,
  usage,
  failure,
}: JobEntry): InspectRecord {
  return {
    seq,
    time,
    traceId: event.traceId,
    kind: 'job',
    node,
    event: { id: event.id, from: event.from, type: event.type },
    attempt,
    startedAt,
    status,
    emits,
    ...(usage ? { usage } : {}),
    ...(failure ? { error: failure } : {}),
  }
}

function turnRecord({ seq, time, traceId, result }: TurnEntry): InspectRecord {
  if (!result) return { seq, time, traceId, kind: 'turn', status: 'accepted' }
  const { status, text, usage, error, dropped } = result
  return {
    seq,
    time,
    traceId,
    kind: 'turn',
    status,
    text,
    usage,
    ...(error ? { error } : {}),
    ...(dropped.length > 0 ? { dropped } : {}),
  }
}

function modelRecord({
  seq,
  time,
  caller,
  call,
  startedAt,
  firstTextAt,
  response,
  answer,
  error,
}: ModelEntry): ModelRecord {
  return {
    seq,
    time,
    traceId: caller.traceId,
    kind: 'model',
    node: caller.nodeId,
    eventId: caller.eventId,
    model: call.body.model,
    url: call.url,
    streamed: call.streamed,
    startedAt,
    firstTextAt,
    status: response?.status ?? null,
    finishReason: answer?.finishReason ?? null,
    usage: answer?.usage ?? null,
    messages: call.body.messages.length,
    ...(error === undefined ? {} : { error: errorView(error) }),
  }
}

function lifeRecord({ seq, time, status, error }: LifeEntry): InspectRecord {
  const failed = error === undefined ? {} : { error: errorView(error) }
  return { seq, time, traceId: null, kind: 'life', status, ...failed }
}

/** Request and response of a model call. */
export function exchangeOf({ call, response, answer, raw }: ModelEntry, plain: Plain): ModelExchange {
  return plain.of('exchange', {
    request: { method: 'POST', url: call.url, body: call.body as unknown as JsonValue },
    response: {
      status: response?.status ?? null,
      headers: response?.headers ?? {},
      answer: (answer ?? null) as unknown as JsonValue,
      raw: raw.join('\n'),
    },
  })
}
