/** Any event that the machine takes, with its data from a form or as JSON. */
import { useMemo, useState } from 'react'
import type { Act, JsonValue } from '../../../src/inspect/protocol.ts'
import { useMayAct, useSession } from '../context.ts'
import { Notice } from '../parts/notice.tsx'
import { SchemaForm } from './schema-form.tsx'
import { draftOf, formFields } from './json-schema.ts'
import { useAct } from './use-act.ts'

/** The form. */
export function SendEvent() {
  const { machine, state, summary } = useSession()
  const mayAct = useMayAct()
  const { outcome, run } = useAct()
  const accepted = state.accepts
  const types = useMemo(() => eventTypes(machine?.events ?? {}, accepted), [machine, accepted])
  const [chosen, setChosen] = useState<string>()
  const type = chosen !== undefined && types.some((each) => each === chosen) ? chosen : types[0]
  if (summary.source !== 'troupe')
    return <Notice title="This session reports from elsewhere: it can only be looked at." />
  if (type === undefined) return <Notice title="This machine takes no events." />
  const schema = machine?.events[type] ?? null
  return (
    <div className="send scroll">
      <label className="label" htmlFor="event-type">
        Event
      </label>
      <select id="event-type" className="field mono" value={type} onChange={(event) => setChosen(event.target.value)}>
        <optgroup label="Accepted in the present state">
          {types.filter((each) => accepted.includes(each)).map(option)}
        </optgroup>
        <optgroup label="Others of this machine">
          {types.filter((each) => !accepted.includes(each)).map(option)}
        </optgroup>
      </select>
      {!accepted.includes(type) && <p className="dim">Nothing handles it in the present state: it would be dropped.</p>}
      <DataForm
        key={type}
        schema={schema}
        disabled={!mayAct || outcome.status === 'busy'}
        onSend={(data) => run(toAct(type, data))}
      />
      <div aria-live="polite">
        {outcome.status === 'failed' && <div className="fault">{outcome.message}</div>}
        {outcome.status === 'done' && <div className="dim">Sent.</div>}
      </div>
      {!mayAct && <p className="dim">This page may only look at the session.</p>}
    </div>
  )
}

function option(type: string) {
  return (
    <option key={type} value={type}>
      {type}
    </option>
  )
}

interface DataFormProps {
  readonly schema: JsonValue
  readonly disabled: boolean
  readonly onSend: (data: JsonValue) => Promise<boolean>
}

function DataForm({ schema, disabled, onSend }: DataFormProps) {
  const fields = useMemo(() => formFields(schema), [schema])
  const [asJson, setAsJson] = useState(false)
  const [data, setData] = useState<unknown>(() => draftOf(schema))
  const [text, setText] = useState(() => JSON.stringify(draftOf(schema), null, 2))
  const json = asJson || !fields
  const parsed = json ? parse(text) : { data: data as JsonValue }
  return (
    <form
      className="data-form"
      onSubmit={(event) => {
        event.preventDefault()
        if ('data' in parsed) void onSend(parsed.data)
      }}
    >
      {json ? (
        <>
          <label className="label" htmlFor="event-data">
            Data as JSON
          </label>
          <textarea
            id="event-data"
            className="field mono"
            rows={9}
            spellCheck={false}
            value={text}
            aria-invalid={'fault' in parsed}
            onChange={(event) => setText(event.target.value)}
          />
        </>
      ) : (
        <SchemaForm fields={fields} data={data} onChange={setData} />
      )}
      {'fault' in parsed && <div className="fault">{parsed.fault}</div>}
      <div className="pending-acts">
        <button type="submit" className="button primary" disabled={disabled || 'fault' in parsed}>
          Send
        </button>
        {fields && (
          <button
            type="button"
            className="button plain"
            aria-pressed={json}
            onClick={() => {
              if (!json) setText(JSON.stringify(data, null, 2))
              else if ('data' in parsed) setData(parsed.data)
              setAsJson(!json)
            }}
          >
            JSON
          </button>
        )}
      </div>
    </form>
  )
}

function parse(text: string): { data: JsonValue } | { fault: string } {
  try {
    return { data: JSON.parse(text) as JsonValue }
  } catch (error) {
    return { fault: (error as Error).message }
  }
}

/** What is accepted now first, then the rest; without XState's own. */
function eventTypes(events: { readonly [type: string]: JsonValue }, accepted: readonly string[]): string[] {
  const types = [...new Set([...accepted, ...Object.keys(events)])]
  return types.filter((type) => !type.startsWith('xstate.') && !type.includes('*')).sort()
}

/** Messages and signals take the way that clients take. */
function toAct(type: string, data: JsonValue): Act {
  if (type === 'input.user_input' && typeof data === 'string') return { kind: 'send', content: data }
  if (type.startsWith('input.') && type !== 'input.user_input') return { kind: 'signal', type: type.slice(6), data }
  return { kind: 'event', type, data }
}
