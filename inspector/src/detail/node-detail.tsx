/** A node: what it does, what waits for it, what it keeps, how it went. */
import { useCallback } from 'react'
import type { InspectRecord, NodeView } from '../../../src/inspect/protocol.ts'
import { useApplication, useSession } from '../context.ts'
import { useRecords } from '../feed/use-records.ts'
import { JsonTree } from '../parts/json-tree.tsx'
import { Fault, Notice } from '../parts/notice.tsx'
import { StatusBadge } from '../parts/status.tsx'
import { clockText, countText, durationText } from '../parts/words.ts'
import { recordSubject, recordText } from '../events/record-text.ts'
import { EventName, Facts, Section } from './section.tsx'

const newest = 30

/** The node. */
export function NodeDetail({ id }: { readonly id: string }) {
  const { state, machine } = useSession()
  const node = state.nodes[id]
  const kind = machine?.graph?.nodes.find((each) => each.id === id)?.kind
  return (
    <>
      <header className="detail-head">
        <strong>{id}</strong>
        {kind !== undefined && kind !== id && <span className="dim">{kind}</span>}
        <span className="grow" />
        {node && <StatusBadge status={node.status} />}
      </header>
      {node ? <NodeParts node={node} /> : kind === 'port' ? null : <Notice title="This node is not in the session." />}
      <NodeRecords id={id} />
    </>
  )
}

function NodeParts({ node }: { readonly node: NodeView }) {
  const { current, inbox, held, lastEvent, error, state, stats, nodes = {}, supervision } = node
  const average = stats.handled === 0 ? 0 : stats.totalTime / stats.handled
  return (
    <>
      {error && <Fault error={error} />}
      <Section title="Now">
        {current ? (
          <p>
            <EventName event={current.event} />
            {current.attempt > 1 && <span className="badge">attempt {current.attempt}</span>}
            {current.since !== null && <span className="dim number"> since {clockText(current.since)}</span>}
          </p>
        ) : (
          <p className="dim">
            {lastEvent ? (
              <>
                Handled last: <EventName event={lastEvent} />
              </>
            ) : (
              'Has handled nothing yet.'
            )}
          </p>
        )}
      </Section>
      {held.length > 0 && (
        <Section title={`Held ${held.length}`}>
          {held.map((event) => (
            <p key={event.id}>
              <EventName event={event} />
            </p>
          ))}
        </Section>
      )}
      <Section title={`Inbox ${inbox.length}`}>
        {inbox.length === 0 && <p className="dim">Empty.</p>}
        {inbox.slice(0, newest).map((event) => (
          <p key={event.id}>
            <EventName event={event} />
          </p>
        ))}
        {inbox.length > newest && <p className="dim">… and {inbox.length - newest} more</p>}
      </Section>
      {Object.keys(nodes).length > 0 && (
        <Section title="Agents at work">
          {Object.entries(nodes).map(([path, status]) => (
            <p key={path}>
              {path} <StatusBadge status={status} />
            </p>
          ))}
        </Section>
      )}
      <Section title="State">
        {state === null ? <p className="dim">It keeps none.</p> : <JsonTree value={state} label="State of the node" />}
      </Section>
      {supervision && (
        <Section title="Supervision">
          <Facts
            facts={[
              ['retries', countText(supervision.retries)],
              ['tried again at', supervision.retryAt === null ? '—' : clockText(supervision.retryAt)],
              ['circuit', supervision.circuit.replace('_', ' ')],
              ['restarts', countText(supervision.restarts)],
            ]}
          />
        </Section>
      )}
      <Section title="Work">
        <Facts
          facts={[
            ['handled', countText(stats.handled)],
            ['failed', countText(stats.failed)],
            ['last', stats.handled === 0 ? '—' : durationText(stats.lastTime)],
            ['on average', stats.handled === 0 ? '—' : durationText(average)],
            ['tokens', `${countText(stats.usage.inputTokens)} in, ${countText(stats.usage.outputTokens)} out`],
            ['model calls', countText(stats.usage.calls)],
          ]}
        />
      </Section>
    </>
  )
}

function NodeRecords({ id }: { readonly id: string }) {
  const { look } = useApplication()
  const { data } = useSession()
  const accepts = useCallback((record: InspectRecord) => concerns(record, id), [id])
  const records = useRecords(data, accepts)
  if (records.length === 0) return null
  return (
    <Section title={`Records ${countText(records.length)}`}>
      <ul>
        {records
          .slice(-newest)
          .toReversed()
          .map((record) => (
            <li key={record.seq}>
              <button
                type="button"
                className="record-link"
                onClick={() => look.select({ kind: 'record', seq: record.seq })}
              >
                <span className="dim number">{clockText(record.time)}</span>
                <span className="mono">{recordSubject(record)}</span>
                <span className="dim cut">{recordText(record)}</span>
              </button>
            </li>
          ))}
      </ul>
    </Section>
  )
}

function concerns(record: InspectRecord, node: string): boolean {
  switch (record.kind) {
    case 'event':
      return record.from === node || record.to.includes(node)
    case 'chunks':
      return record.from === node
    case 'job':
    case 'model':
      return record.node === node
    case 'turn':
    case 'life':
      return false
  }
}
