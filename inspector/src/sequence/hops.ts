/** Records as arrows between lifelines. */
import type { InspectRecord, MachineView, SessionState } from '../../../src/inspect/protocol.ts'
import { stateText } from '../statechart/active-states.ts'

/** One row of the diagram. */
export interface Hop {
  readonly key: string
  readonly seq: number
  readonly time: number
  readonly kind: 'event' | 'chunks' | 'dropped' | 'state' | 'turn' | 'failed'
  /** Lanes by position; the same for what stays where it is. */
  readonly from: number
  readonly to: number
  readonly label: string
}

/** The lifelines, in the order in which events reach them; child actors for machines that have no graph. */
export function lanesOf(machine: MachineView | undefined, nodes: SessionState['nodes']): readonly string[] {
  const graph = machine?.graph
  // As the official wire names them.
  if (!graph) return ['external', machine?.id ?? 'machine', ...Object.keys(nodes)]
  const reached = new Set(['input'])
  for (const from of reached)
    for (const edge of graph.edges) if (edge.from === from && edge.to !== 'output') reached.add(edge.to)
  for (const { id } of graph.nodes) if (id !== 'output') reached.add(id)
  return [...reached, 'output']
}

/** True for the records that have a row. */
export function isHopRecord(record: InspectRecord): boolean {
  return (
    record.kind === 'event' ||
    record.kind === 'chunks' ||
    record.kind === 'turn' ||
    (record.kind === 'job' && record.status === 'failed')
  )
}

/**
 * Rows for records. Streamed events say only where they came from; `targets` has where they go by `<from>.<type>`. What
 * comes from no lane (timers) starts at the first.
 */
export function hopsOf(
  record: InspectRecord,
  lanes: ReadonlyMap<string, number>,
  targets: ReadonlyMap<string, readonly string[]>,
): Hop[] {
  const { seq, time } = record
  const last = lanes.size - 1
  // What happens inside of a node stands on its lane.
  const lane = (id: string) => lanes.get(id) ?? lanes.get(id.split('/')[0] ?? '') ?? 0
  switch (record.kind) {
    case 'event': {
      const from = lane(record.from)
      const label = record.type
      const base = { seq, time, from, label }
      const rows: Hop[] = record.dropped
        ? [{ ...base, key: `${seq} x`, kind: 'dropped', to: from }]
        : record.to.map((to) => ({ ...base, key: `${seq} ${to}`, kind: 'event', to: lane(to) }))
      if (rows.length === 0 && !record.states) rows.push({ ...base, key: `${seq} .`, kind: 'event', to: from })
      if (record.states)
        rows.push({
          key: `${seq} state`,
          seq,
          time,
          kind: 'state',
          from: 0,
          to: last,
          label: stateText(record.states[1]),
        })
      return rows
    }
    case 'chunks': {
      const from = lane(record.from)
      const label = record.count === 1 ? record.type : `${record.type} ×${record.count}`
      const found = targets.get(`${record.from}.${record.type}`) ?? []
      return found.map((to) => ({ key: `${seq} ${to}`, seq, time, kind: 'chunks', from, to: lane(to), label }))
    }
    case 'turn':
      return [{ key: `${seq}`, seq, time, kind: 'turn', from: 0, to: last, label: `turn ${record.status}` }]
    case 'job': {
      const at = lane(record.node)
      return [{ key: `${seq}`, seq, time, kind: 'failed', from: at, to: at, label: record.error?.message ?? 'failed' }]
    }
    case 'model':
    case 'life':
      return []
  }
}

/** Where events go by the wiring, by `<from>.<type>`. */
export function targetsOf(machine: MachineView | undefined): ReadonlyMap<string, readonly string[]> {
  const targets = new Map<string, string[]>()
  for (const { from, event, to } of machine?.graph?.edges ?? []) {
    const key = `${from}.${event}`
    targets.set(key, [...(targets.get(key) ?? []), to])
  }
  return targets
}
