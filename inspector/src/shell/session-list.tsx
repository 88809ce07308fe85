/** All sessions of the server, searched and scrolled. */
import { useEffect, useState } from 'react'
import type { SessionSummary } from '../../../src/inspect/protocol.ts'
import { useApplication } from '../context.ts'
import { useCell } from '../feed/cell.ts'
import { Notice } from '../parts/notice.tsx'
import { RowList } from '../parts/row-list.tsx'
import { agoText, countText } from '../parts/words.ts'
import { ThemeButton } from './theme-button.tsx'

/** The list with its search field. */
export function SessionListPanel() {
  const { feed, look } = useApplication()
  const { sessions, total, search, phase } = useCell(feed.list.view)
  const { session } = useCell(look.place)
  const connection = useCell(feed.connection)
  const now = useNow()
  const open = (index: number) => {
    const chosen = sessions[index]
    if (chosen) look.go({ session: chosen.id })
  }
  return (
    <>
      <header className="list-head">
        <h1 className="brand">
          <Mark />
          Troupe <span className="dim">Inspector</span>
        </h1>
        <ThemeButton />
        <button
          type="button"
          className="button plain"
          title="Keys (?)"
          aria-label="Keys"
          onClick={() => look.help.set(true)}
        >
          ?
        </button>
      </header>
      <div className="list-search">
        <input
          id="session-search"
          className="field"
          type="search"
          aria-label="Search sessions"
          placeholder="Search id, agent, text   /"
          defaultValue={search}
          onChange={(event) => void feed.list.search(event.target.value.trim())}
          onKeyDown={(event) => {
            if (event.key === 'Enter') open(0)
          }}
        />
      </div>
      {sessions.length === 0 ? (
        <ListNotice phase={connection.status === 'open' ? phase : 'loading'} search={search} />
      ) : (
        <RowList
          label="Sessions"
          className="list-rows"
          count={sessions.length}
          rowHeight={52}
          rowKey={(index) => sessions[index]?.id ?? index}
          selected={sessions.findIndex(({ id }) => id === session)}
          onSelect={open}
          onEnd={() => void feed.list.more()}
          row={(index) => <SessionRow session={sessions[index] as SessionSummary} now={now} />}
        />
      )}
      <footer className="list-foot dim number">
        <span className="status-dot" data-status={connection.status === 'open' ? 'completed' : 'failed'} />
        {connection.status === 'open' ? 'connected' : connection.status}
        <span className="grow" />
        {total} {total === 1 ? 'session' : 'sessions'}
      </footer>
    </>
  )
}

function SessionRow({ session, now }: { readonly session: SessionSummary; readonly now: number }) {
  const { id, agent, activity, title, lastAt, turns, failures, source, usage } = session
  return (
    <div className="session-row">
      <span className="status-dot" data-status={activity} title={activity} />
      <span className="session-title cut">{title === '' ? id : title}</span>
      <span className="session-time dim number">{agoText(lastAt, now)}</span>
      <span className="session-agent cut dim">
        {agent}
        {title !== '' && ` · ${id}`}
      </span>
      <span className="session-counts dim number">
        {failures > 0 && (
          <span className="badge" data-status="failed" title={`${failures} failed`}>
            {failures}
          </span>
        )}
        {source === 'stately' ? (
          <span className="badge">XState</span>
        ) : (
          <span title={`${turns} turns, ${usage.totalTokens} tokens`}>
            {countText(turns)} {turns === 1 ? 'turn' : 'turns'}
          </span>
        )}
      </span>
      <span className="visually-hidden">{activity}</span>
    </div>
  )
}

function ListNotice({ phase, search }: { readonly phase: 'loading' | 'ready' | 'failed'; readonly search: string }) {
  if (phase === 'loading') return <Notice title="Loading…" />
  if (phase === 'failed') return <Notice title="The list could not be loaded." />
  return <Notice title={search === '' ? 'No sessions yet' : `Nothing matches “${search}”`} />
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M9 9h14M9 9l7 14M23 9l-7 14" />
      <circle cx="9" cy="9" r="4.5" />
      <circle cx="23" cy="9" r="4.5" />
      <circle cx="16" cy="23" r="4.5" />
    </svg>
  )
}

/** The present time, every half minute. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
