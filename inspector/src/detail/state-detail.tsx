/** A state of the machine, with how often each of its transitions fired. */
import { useMemo } from 'react'
import type { EventRecord, InspectRecord } from '../../../src/inspect/protocol.ts'
import { useSession } from '../context.ts'
import { useRecords } from '../feed/use-records.ts'
import { Notice } from '../parts/notice.tsx'
import { StatusBadge } from '../parts/status.tsx'
import { countText } from '../parts/words.ts'
import { activeStates } from '../statechart/active-states.ts'
import { transitionText } from '../statechart/chart-layout.ts'
import { allTransitions, findState } from '../statechart/highlight.ts'
import { transitionId } from '../statechart/read-machine.ts'
import { useChart } from '../statechart/use-chart.ts'
import { Facts, Section } from './section.tsx'

/** The state. */
export default function StateDetail({ id }: { readonly id: string }) {
  const { data, machine, state } = useSession()
  const chart = useChart(machine)?.chart
  const records = useRecords(data, hasFired) as readonly EventRecord[]
  const counts = useMemo(() => countFired(records), [records])
  const found = chart && findState(chart.root, id)
  if (!chart || !found) return <Notice title="This state is not in the machine." />
  const transitions = allTransitions(chart).filter(({ source }) => source === id)
  return (
    <>
      <header className="detail-head">
        <strong>{found.key}</strong>
        <span className="dim">{found.kind}</span>
        <span className="grow" />
        {activeStates(chart.root, state.value).has(id) && <StatusBadge status="active">active</StatusBadge>}
      </header>
      <Facts
        facts={[
          ['id', <span className="mono">{id}</span>],
          ['entry', found.entry.join(', ') || '—'],
          ['exit', found.exit.join(', ') || '—'],
          ['tags', found.tags.join(', ') || '—'],
        ]}
      />
      <Section title={`Transitions ${transitions.length}`}>
        <ul className="transition-list">
          {transitions.map((transition) => (
            <li key={transition.id}>
              <span className="number badge">{countText(counts.get(transition.id) ?? 0)}×</span>
              <span>
                {transitionText(transition)}
                {transition.targets.length > 0 && <span className="mono"> → {transition.targets.join(', ')}</span>}
              </span>
            </li>
          ))}
        </ul>
      </Section>
    </>
  )
}

function hasFired(record: InspectRecord): boolean {
  return record.kind === 'event' && record.fired !== undefined && record.fired.length > 0
}

function countFired(records: readonly EventRecord[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const { fired = [] } of records)
    for (const { source, event, index } of fired) {
      const id = transitionId(source, event, index)
      counts.set(id, (counts.get(id) ?? 0) + 1)
    }
  return counts
}
