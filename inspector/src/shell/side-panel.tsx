/** Beside the view: the conversation, the detail of what is selected, an event to send, the context. */
import { SendEvent } from '../act/send-event.tsx'
import { Chat } from '../act/chat.tsx'
import { useApplication } from '../context.ts'
import { ContextPanel } from '../detail/context-panel.tsx'
import { Detail } from '../detail/detail.tsx'
import { useCell } from '../feed/cell.ts'
import { ErrorBoundary } from '../parts/error-boundary.tsx'
import { PendingCalls } from '../act/pending-calls.tsx'
import { sideTabs, type SideTab } from '../state.ts'

const names: Readonly<Record<SideTab, string>> = {
  chat: 'Chat',
  detail: 'Detail',
  send: 'Send event',
  context: 'Context',
}
const panels: Readonly<Record<SideTab, React.ComponentType>> = {
  chat: Chat,
  detail: Detail,
  send: SendEvent,
  context: ContextPanel,
}

/** The panel. What waits for a person is above all its tabs. */
export function SidePanel() {
  const { look } = useApplication()
  const tab = useCell(look.tab)
  const Panel = panels[tab]
  return (
    <aside className="side" aria-label="Session panel">
      <div role="tablist" aria-label="Panels" className="tabs side-tabs">
        {sideTabs.map((name) => (
          <button
            key={name}
            id={`side-${name}`}
            type="button"
            role="tab"
            className="tab"
            aria-selected={name === tab}
            aria-controls="side-panel"
            onClick={() => look.tab.set(name)}
          >
            {names[name]}
          </button>
        ))}
      </div>
      <PendingCalls />
      <div className="side-panel" id="side-panel" role="tabpanel" aria-labelledby={`side-${tab}`}>
        <ErrorBoundary name={tab}>
          <Panel />
        </ErrorBoundary>
      </div>
    </aside>
  )
}
