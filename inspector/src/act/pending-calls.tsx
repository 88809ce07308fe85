/** What waits for a person: each call with its arguments, to be approved or rejected. */
import { useState } from 'react'
import type { JsonValue, PendingView } from '../../../src/inspect/protocol.ts'
import { useApplication, useMayAct, useSession } from '../context.ts'
import { JsonTree } from '../parts/json-tree.tsx'
import { requiresProperty, schemaProperties } from './json-schema.ts'
import { useAct } from './use-act.ts'

interface WaitingCall {
  readonly id: string | undefined
  readonly name: string
  readonly args: unknown
}

/** All that waits in the session. */
export function PendingCalls() {
  const { state } = useSession()
  if (state.pending.length === 0) return null
  return (
    <div className="pending scroll" role="region" aria-label="Waiting for a decision">
      {state.pending.flatMap((pending) =>
        waitingCalls(pending).map((call) => (
          <WaitingCallCard key={`${pending.eventId} ${call.id ?? ''}`} pending={pending} call={call} />
        )),
      )}
    </div>
  )
}

function WaitingCallCard({ pending, call }: { readonly pending: PendingView; readonly call: WaitingCall }) {
  const { look } = useApplication()
  const { machine } = useSession()
  const mayAct = useMayAct()
  const { outcome, run } = useAct()
  const [reason, setReason] = useState('')
  const signals = machine?.signals ?? {}
  const signal = (type: 'approve' | 'reject') => {
    const asked = schemaProperties(signals[type])
    const data: { [key: string]: JsonValue } = {}
    if (call.id !== undefined && 'callId' in asked) data['callId'] = call.id
    if ('reason' in asked && (reason.trim() !== '' || requiresProperty(signals[type], 'reason')))
      data['reason'] = reason
    void run({ kind: 'signal', type, data })
  }
  const asksReason = 'reason' in schemaProperties(signals['reject'])
  const lacksReason = requiresProperty(signals['reject'], 'reason') && reason.trim() === ''
  const busy = !mayAct || outcome.status === 'busy'
  return (
    <form
      className="pending-card"
      data-status="waiting"
      onSubmit={(event) => {
        event.preventDefault()
        signal('approve')
      }}
    >
      <div className="pending-head">
        <span className="badge">waits at {pending.node}</span>
        <strong className="mono cut">{call.name}</strong>
      </div>
      <JsonTree value={call.args} label={`Arguments of ${call.name}`} />
      {asksReason && (
        <input
          className="field"
          aria-label="Reason, when rejected"
          placeholder="Reason, when rejected"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      )}
      <div className="pending-acts">
        {'approve' in signals && (
          <button type="submit" className="button primary" disabled={busy}>
            Approve
          </button>
        )}
        {'reject' in signals && (
          <button
            type="button"
            className="button danger"
            disabled={busy || lacksReason}
            title={lacksReason ? 'Say why first' : undefined}
            onClick={() => signal('reject')}
          >
            Reject
          </button>
        )}
        <button type="button" className="button plain" onClick={() => look.showTab('send')}>
          Other event…
        </button>
      </div>
      {outcome.status === 'failed' && (
        <div className="fault" role="alert">
          {outcome.message}
        </div>
      )}
    </form>
  )
}

/** The calls in it that are undecided; the event itself when it is decided as a whole. */
function waitingCalls({ data, undecided, type }: PendingView): WaitingCall[] {
  const calls = (data as { calls?: unknown } | null)?.calls
  if (undecided.length === 0 || !Array.isArray(calls)) return [{ id: undefined, name: type, args: data }]
  return (calls as { id: string; name: string; args: unknown }[]).filter(({ id }) => undecided.includes(id))
}
