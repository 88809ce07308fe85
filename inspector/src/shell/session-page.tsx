/** The open session: its head, one of the views, and the panel at the side. */
import { lazy, Suspense, useMemo, useState } from 'react'
import { SessionContext, useApplication, type OpenSession } from '../context.ts'
import { EventsView } from '../events/events-view.tsx'
import { useCell } from '../feed/cell.ts'
import type { SessionData } from '../feed/session-data.ts'
import { GraphView } from '../graph/graph-view.tsx'
import { MessagesView } from '../messages/messages-view.tsx'
import { ErrorBoundary } from '../parts/error-boundary.tsx'
import { Loading, Notice } from '../parts/notice.tsx'
import { SequenceView } from '../sequence/sequence-view.tsx'
import type { ViewName } from '../state.ts'
import { WaterfallView } from '../waterfall/waterfall-view.tsx'
import { SessionHead } from './session-head.tsx'
import { SidePanel } from './side-panel.tsx'
import { Splitter } from './splitter.tsx'
import { ViewTabs } from './view-tabs.tsx'

// XState is loaded with the first statechart.
const StatechartView = lazy(() => import('../statechart/statechart-view.tsx'))

const viewComponents: Readonly<Record<ViewName, React.ComponentType>> = {
  graph: GraphView,
  statechart: StatechartView,
  sequence: SequenceView,
  events: EventsView,
  waterfall: WaterfallView,
  messages: MessagesView,
}

/** The session. */
export function SessionPage({ data }: { readonly data: SessionData }) {
  const { feed, look } = useApplication()
  const view = useCell(data.view)
  const phase = useCell(data.phase)
  const machines = useCell(feed.machines)
  const place = useCell(look.place)
  const sideOpen = useCell(look.sideOpen)
  const [width, setWidth] = useState(380)
  const session = useMemo<OpenSession | undefined>(
    () => view && { ...view, data, machine: machines.get(view.summary.machine ?? '') },
    [view, data, machines],
  )
  if (!session) {
    if (phase.kind === 'failed')
      return (
        <div className="app-empty">
          <Notice title={`Session ${data.id} cannot be shown`}>
            <p className="dim">{phase.message}</p>
            <button type="button" className="button" onClick={() => look.go({ session: undefined })}>
              Back to the list
            </button>
          </Notice>
        </div>
      )
    return <Loading what={`session ${data.id}`} />
  }
  const View = viewComponents[place.view]
  return (
    <SessionContext value={session}>
      <div
        className="session"
        data-side={sideOpen ? 'open' : 'closed'}
        style={{ '--side-width': `${width}px` } as React.CSSProperties}
      >
        <SessionHead />
        <ViewTabs />
        <section className="session-view" id="view" role="tabpanel" aria-label={place.view}>
          <ErrorBoundary name={place.view}>
            <Suspense fallback={<Loading what="the view" />}>
              <View />
            </Suspense>
          </ErrorBoundary>
        </section>
        {sideOpen && (
          <>
            <Splitter
              label="Width of the side panel"
              side="right"
              width={width}
              least={280}
              most={720}
              onChange={setWidth}
            />
            <SidePanel />
          </>
        )}
      </div>
    </SessionContext>
  )
}
