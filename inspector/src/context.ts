/** What every component can reach: the feed and what the person looks at. */
import { createContext, useContext } from 'react'
import type { MachineView } from '../../src/inspect/protocol.ts'
import { useCell } from './feed/cell.ts'
import type { InspectorFeed } from './feed/inspector-feed.ts'
import type { SessionData, SessionView } from './feed/session-data.ts'
import type { LookState } from './state.ts'

/** The page's two stores. */
export interface Application {
  readonly feed: InspectorFeed
  readonly look: LookState
}

export const ApplicationContext = createContext<Application | undefined>(undefined)

/** The page's stores. */
export function useApplication(): Application {
  const application = useContext(ApplicationContext)
  if (!application) throw new Error('A component is drawn outside of the application.')
  return application
}

/** The session that the views are drawn for, with its data and its machine. */
export interface OpenSession extends SessionView {
  readonly data: SessionData
  readonly machine: MachineView | undefined
}

export const SessionContext = createContext<OpenSession | undefined>(undefined)

/** The open session; only below a view. */
export function useSession(): OpenSession {
  const session = useContext(SessionContext)
  if (!session) throw new Error('A view is drawn without a session.')
  return session
}

/** Whether a person may do something to the session: the server and the kind of the session must allow it. */
export function useMayAct(): boolean {
  const { feed } = useApplication()
  const { summary, data } = useSession()
  const phase = useCell(data.phase)
  const allowed = useCell(feed.canAct)
  return allowed && summary.source === 'troupe' && phase.kind === 'live'
}
