/** What is selected, in detail. */
import { lazy, Suspense } from 'react'
import { useApplication } from '../context.ts'
import { useCell } from '../feed/cell.ts'
import { Notice } from '../parts/notice.tsx'
import { NodeDetail } from './node-detail.tsx'
import { RecordDetail } from './record-detail.tsx'

// XState is loaded with it.
const StateDetail = lazy(() => import('./state-detail.tsx'))

/** The panel. */
export function Detail() {
  const { look } = useApplication()
  const selection = useCell(look.selection)
  if (!selection)
    return (
      <Notice title="Nothing selected">
        <p className="dim">Choose a node, a state or an event.</p>
      </Notice>
    )
  return (
    <div className="detail scroll" tabIndex={0} role="region" aria-label="Detail">
      {selection.kind === 'node' && <NodeDetail id={selection.id} />}
      {selection.kind === 'record' && <RecordDetail key={selection.seq} seq={selection.seq} />}
      {selection.kind === 'state' && (
        <Suspense>
          <StateDetail id={selection.id} />
        </Suspense>
      )}
    </div>
  )
}
