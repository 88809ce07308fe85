/** The page: the list of sessions at the left, the open session beside it. */
import { useState } from 'react'
import { useApplication } from './context.ts'
import { useCell } from './feed/cell.ts'
import { ConnectionBar } from './shell/connection-bar.tsx'
import { Help } from './shell/help.tsx'
import { SessionListPanel } from './shell/session-list.tsx'
import { SessionPage } from './shell/session-page.tsx'
import { useShortcuts } from './shell/shortcuts.ts'
import { Splitter } from './shell/splitter.tsx'
import { ArrowHeads } from './layout/arrow-heads.tsx'
import { Notice } from './parts/notice.tsx'

/** The page. */
export function App() {
  const { feed, look } = useApplication()
  const session = useCell(feed.session)
  const listOpen = useCell(look.listOpen)
  const help = useCell(look.help)
  const [width, setWidth] = useState(264)
  useShortcuts()
  return (
    <div
      className="app"
      data-list={listOpen ? 'open' : 'closed'}
      style={{ '--list-width': `${width}px` } as React.CSSProperties}
    >
      <nav className="app-list" aria-label="Sessions">
        <SessionListPanel />
      </nav>
      <Splitter
        label="Width of the session list"
        side="left"
        width={width}
        least={180}
        most={480}
        onChange={setWidth}
      />
      {listOpen && (
        <button
          type="button"
          className="app-shade"
          aria-label="Close the session list"
          onClick={() => look.listOpen.set(false)}
        />
      )}
      <main className="app-main">
        <ConnectionBar />
        {session ? <SessionPage key={session.id} data={session} /> : <NoSession />}
      </main>
      <ArrowHeads />
      {help && <Help onClose={() => look.help.set(false)} />}
    </div>
  )
}

function NoSession() {
  const { look, feed } = useApplication()
  const { total, phase } = useCell(feed.list.view)
  return (
    <div className="app-empty">
      <Notice title={phase === 'ready' && total === 0 ? 'No sessions yet' : 'Choose a session'}>
        {phase === 'ready' && total === 0 ? (
          <p className="dim">Send a message to an agent of this server; its session appears here at once.</p>
        ) : (
          <p className="dim">
            Its graph, statechart, events and messages are shown here. Press <kbd className="key">/</kbd> to search,{' '}
            <kbd className="key">?</kbd> for all keys.
          </p>
        )}
        <button type="button" className="button only-narrow" onClick={() => look.listOpen.set(true)}>
          Sessions
        </button>
      </Notice>
    </div>
  )
}
