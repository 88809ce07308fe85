/** A record: everything that is known of it. */
import { useEffect, useState } from 'react'
import type { InspectRecord, ModelExchange } from '../../../src/inspect/protocol.ts'
import { useApplication, useSession } from '../context.ts'
import { recordPath, recordSubject } from '../events/record-text.ts'
import { useCell } from '../feed/cell.ts'
import { Exchange } from '../messages/exchange.tsx'
import { JsonTree } from '../parts/json-tree.tsx'
import { Fault, Notice } from '../parts/notice.tsx'
import { StatusBadge } from '../parts/status.tsx'
import { clockText, durationText, shortId } from '../parts/words.ts'
import { EventParts } from './event-parts.tsx'
import { EventName, Facts, Section } from './section.tsx'

/** The record. */
export function RecordDetail({ seq }: { readonly seq: number }) {
  const { look } = useApplication()
  const { data } = useSession()
  useCell(data.recordsVersion)
  const { whole, exchange, fault } = useWhole(seq)
  const record = whole ?? data.records.find(seq)
  if (!record) return <Notice title="This record is not retained any more." />
  const { traceId } = record
  return (
    <>
      <header className="detail-head">
        <strong className="mono cut">{recordSubject(record)}</strong>
        <span className="grow" />
        <span className="dim">{record.kind}</span>
      </header>
      <Facts
        facts={[
          ['time', <span className="number">{clockText(record.time)}</span>],
          ...(recordPath(record) === '' ? [] : ([['path', recordPath(record)]] as const)),
          ...(traceId === null
            ? []
            : ([
                [
                  'turn',
                  <button
                    type="button"
                    className="link"
                    title="Show this turn only"
                    onClick={() => look.scope.set(traceId)}
                  >
                    {shortId(traceId)}
                  </button>,
                ],
              ] as const)),
          ['record', `#${record.seq}`],
        ]}
      />
      {fault !== undefined && <div className="fault">{fault}</div>}
      <RecordParts record={record} />
      {exchange && <Exchange exchange={exchange} />}
    </>
  )
}

function RecordParts({ record }: { readonly record: InspectRecord }) {
  switch (record.kind) {
    case 'event':
      return <EventParts record={record} />
    case 'chunks':
      return (
        <>
          <Section title={`Text of ${record.count}`}>
            <pre className="text-block">{record.text}</pre>
          </Section>
          <Section title="Last one">
            <JsonTree value={record.last} label="Data of the last one" />
          </Section>
        </>
      )
    case 'job':
      return (
        <>
          {record.error && <Fault error={record.error} />}
          <Facts
            facts={[
              ['status', <StatusBadge status={record.status} />],
              ['event', <EventName event={record.event} />],
              ['attempt', record.attempt],
              ['took', durationText(record.time - record.startedAt)],
              ['emitted', record.emits.join(', ') || '—'],
              ...(record.usage
                ? ([['tokens', `${record.usage.inputTokens} in, ${record.usage.outputTokens} out`]] as const)
                : []),
            ]}
          />
        </>
      )
    case 'turn':
      return (
        <>
          {record.error && <Fault error={record.error} />}
          {record.text !== undefined && record.text !== '' && (
            <Section title="Text">
              <pre className="text-block">{record.text}</pre>
            </Section>
          )}
        </>
      )
    case 'model':
      return (
        <>
          {record.error && <Fault error={record.error} />}
          <Facts
            facts={[
              ['url', <span className="mono">{record.url}</span>],
              ['HTTP status', record.status ?? 'no response'],
              ['finish reason', record.finishReason ?? '—'],
              ['took', durationText(record.time - record.startedAt)],
              [
                'first text',
                record.firstTextAt === null ? '—' : `after ${durationText(record.firstTextAt - record.startedAt)}`,
              ],
              ['tokens', record.usage ? `${record.usage.inputTokens} in, ${record.usage.outputTokens} out` : '—'],
              ['messages', record.messages],
            ]}
          />
        </>
      )
    case 'life':
      return record.error ? <Fault error={record.error} /> : null
  }
}

interface Whole {
  readonly whole?: InspectRecord
  readonly exchange?: ModelExchange
  readonly fault?: string
}

/** What the stream left out: large data, and what was said to the model and back. */
function useWhole(seq: number): Whole {
  const { feed } = useApplication()
  const { data } = useSession()
  const [whole, setWhole] = useState<Whole>({})
  const record = data.records.find(seq)
  const wanted = record !== undefined && (record.cut === true || record.kind === 'model')
  useEffect(() => {
    if (!wanted) return
    let current = true
    feed.detail(data.id, seq).then(
      ({ record: found, exchange }) => current && setWhole({ whole: found, ...(exchange ? { exchange } : {}) }),
      (error: Error) => current && setWhole({ fault: error.message }),
    )
    return () => {
      current = false
    }
  }, [feed, data, seq, wanted])
  return whole
}
