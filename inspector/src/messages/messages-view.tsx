/** The conversation as it is kept, and each call of a model as it was on the wire. */
import { useEffect, useMemo, useState } from 'react'
import type { InspectRecord, JsonValue, ModelRecord } from '../../../src/inspect/protocol.ts'
import { useApplication, useSession } from '../context.ts'
import { useCell } from '../feed/cell.ts'
import { traceInScope, useRecords } from '../feed/use-records.ts'
import { Loading, Notice } from '../parts/notice.tsx'
import { MessageList } from './message-list.tsx'
import { ModelCall } from './model-call.tsx'
import { readMessages } from './read-message.ts'

/** The view. */
export function MessagesView() {
  const { look } = useApplication()
  const { data, state } = useSession()
  const scope = useCell(look.scope)
  const [shown, setShown] = useState<'conversation' | 'calls'>('conversation')
  const traceId = traceInScope(state, scope)
  const accepts = useMemo(
    () => (record: InspectRecord) => record.kind === 'model' && (traceId === undefined || record.traceId === traceId),
    [traceId],
  )
  const calls = useRecords(data, accepts) as readonly ModelRecord[]
  return (
    <div className="messages">
      <div className="view-tools" role="group" aria-label="Shown">
        <button
          type="button"
          className="button plain"
          aria-pressed={shown === 'conversation'}
          onClick={() => setShown('conversation')}
        >
          Conversation
        </button>
        <button
          type="button"
          className="button plain"
          aria-pressed={shown === 'calls'}
          onClick={() => setShown('calls')}
        >
          Model calls {calls.length}
        </button>
      </div>
      {shown === 'conversation' ? <Conversation /> : <ModelCalls calls={calls} />}
    </div>
  )
}

const mostCalls = 100

function ModelCalls({ calls }: { readonly calls: readonly ModelRecord[] }) {
  if (calls.length === 0)
    return (
      <Notice title="No model calls">
        <p className="dim">Calls are seen from the moment an inspector is there.</p>
      </Notice>
    )
  return (
    <div className="message-scroll scroll" tabIndex={0} role="region" aria-label="Model calls">
      {calls.length > mostCalls && (
        <p className="dim">
          The newest {mostCalls} of {calls.length}; choose a turn for others.
        </p>
      )}
      {calls.slice(-mostCalls).map((call) => (
        <ModelCall key={call.seq} call={call} />
      ))}
    </div>
  )
}

function Conversation() {
  const { feed } = useApplication()
  const { data, state } = useSession()
  const phase = useCell(data.phase)
  const [loaded, setLoaded] = useState<JsonValue>()
  const [fault, setFault] = useState<string>()
  // Messages are appended when handlers return and turns end.
  const jobs = useRecords(data, isAppendingRecord).length
  const live = phase.kind === 'live'
  useEffect(() => {
    if (!live) return
    let current = true
    const load = () =>
      feed.messages(data.id).then(
        (messages) => {
          if (!current) return
          setLoaded(messages)
          setFault(undefined)
        },
        (error: Error) => current && setFault(error.message),
      )
    const timer = setTimeout(load, 80)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [feed, data, jobs, state.turns.length, live])
  const messages = useMemo(() => readMessages(loaded), [loaded])
  if (fault !== undefined && loaded === undefined)
    return <Notice title="The messages could not be loaded">{<p className="dim">{fault}</p>}</Notice>
  if (loaded === undefined) return <Loading what="messages" />
  if (messages.length === 0) return <Notice title="No messages yet" />
  return (
    <div className="message-scroll scroll" tabIndex={0} role="region" aria-label="Conversation as it is kept">
      <MessageList messages={messages} />
    </div>
  )
}

function isAppendingRecord(record: InspectRecord): boolean {
  return record.kind === 'job' || record.kind === 'turn'
}
