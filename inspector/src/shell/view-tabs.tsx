/** The views, and what part of the session they show. */
import { useEffect } from 'react'
import { useApplication, useSession } from '../context.ts'
import { useCell } from '../feed/cell.ts'
import { clockText, shortId } from '../parts/words.ts'
import { views, type ViewName } from '../state.ts'

const names: Readonly<Record<ViewName, string>> = {
  graph: 'Graph',
  statechart: 'Statechart',
  sequence: 'Sequence',
  events: 'Events',
  waterfall: 'Waterfall',
  messages: 'Messages',
}

/** The row below the head. */
export function ViewTabs() {
  const { look } = useApplication()
  const { view } = useCell(look.place)
  useEffect(() => {
    document.getElementById(`tab-${view}`)?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [view])
  const step = (by: number) => {
    const next = views[(views.indexOf(view) + by + views.length) % views.length] as ViewName
    look.go({ view: next })
    requestAnimationFrame(() => document.getElementById(`tab-${next}`)?.focus())
  }
  return (
    <div className="view-bar">
      <div role="tablist" aria-label="Views" className="tabs">
        {views.map((name, index) => (
          <button
            key={name}
            id={`tab-${name}`}
            type="button"
            role="tab"
            className="tab"
            aria-selected={name === view}
            aria-controls="view"
            tabIndex={name === view ? 0 : -1}
            title={`${names[name]} (${index + 1})`}
            onClick={() => look.go({ view: name })}
            onKeyDown={({ key }) => {
              if (key === 'ArrowRight') step(1)
              else if (key === 'ArrowLeft') step(-1)
            }}
          >
            {names[name]}
          </button>
        ))}
      </div>
      <span className="grow" />
      <ScopeChoice />
      <PanelButton />
    </div>
  )
}

function ScopeChoice() {
  const { look } = useApplication()
  const { state } = useSession()
  const scope = useCell(look.scope)
  const known = scope === 'all' || scope === 'latest' || state.turns.some(({ traceId }) => traceId === scope)
  return (
    <select
      className="field scope"
      aria-label="Turns shown"
      title="Turns shown ([ ] step, l latest)"
      value={known ? scope : 'all'}
      onChange={(event) => look.scope.set(event.target.value)}
    >
      <option value="all">All turns</option>
      <option value="latest">Latest turn</option>
      {state.turns.toReversed().map(({ traceId, status, startedAt }) => (
        <option key={traceId} value={traceId}>
          {`${shortId(traceId)}  ${status}  ${clockText(startedAt).slice(0, 8)}`}
        </option>
      ))}
    </select>
  )
}

function PanelButton() {
  const { look } = useApplication()
  const { state } = useSession()
  const open = useCell(look.sideOpen)
  const waiting = state.pending.length
  return (
    <button
      type="button"
      className="button plain"
      aria-pressed={open}
      title="Show or hide the panel (p)"
      onClick={() => look.sideOpen.set(!open)}
    >
      Panel
      {!open && waiting > 0 && (
        <span className="badge" data-status="waiting">
          {waiting}
        </span>
      )}
    </button>
  )
}
