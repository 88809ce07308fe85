/** Which event the statechart is shown for, and what its guards said. */
import { useMemo } from 'react'
import type { EventRecord } from '../../../src/inspect/protocol.ts'
import { useApplication } from '../context.ts'
import { clockText } from '../parts/words.ts'
import { allTransitions } from './highlight.ts'
import { guardName } from './names.ts'
import { transitionId, type Chart } from './read-machine.ts'

/** The line below the chart. */
export function LastEvent({ record, chart }: { readonly record: EventRecord; readonly chart: Chart }) {
  const { look } = useApplication()
  const transitions = useMemo(() => new Map(allTransitions(chart).map((each) => [each.id, each])), [chart])
  const { seq, from, type, guards = [], fired = [], dropped, time } = record
  return (
    <div className="canvas-caption">
      <span className="dim number">{clockText(time)}</span>
      <button type="button" className="link mono" onClick={() => look.select({ kind: 'record', seq })}>
        {from === '' || type.startsWith('xstate.') ? type : `${from}.${type}`}
      </button>
      {guards.map(({ guard, params, result }, index) => (
        // The trials of a record never change.
        <span key={index} className="guard">
          <span className={result ? 'guard-held' : 'guard-refused'}>{result ? '✓' : '✗'}</span> [
          {guardName({ type: guard, params })}]
        </span>
      ))}
      {fired.map(({ source, event, index, actions }) => (
        <span key={`${source}|${event}|${index}`} className="dim">
          / {(transitions.get(transitionId(source, event, index))?.actions ?? actions).join(', ') || 'no actions'}
        </span>
      ))}
      {dropped && (
        <span className="badge" data-status="failed">
          nothing handled it
        </span>
      )}
    </div>
  )
}
