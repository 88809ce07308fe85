/** Doing something to the session, and saying how that went. */
import { useState } from 'react'
import type { Act } from '../../../src/inspect/protocol.ts'
import { useApplication, useSession } from '../context.ts'

/** What became of the last act. */
export type ActOutcome =
  { readonly status: 'none' | 'busy' | 'done' } | { readonly status: 'failed'; readonly message: string }

/** Does acts one at a time. `run` resolves with true when the server took it. */
export function useAct(): { outcome: ActOutcome; run: (act: Act) => Promise<boolean> } {
  const { feed } = useApplication()
  const { data } = useSession()
  const [outcome, setOutcome] = useState<ActOutcome>({ status: 'none' })
  const run = async (act: Act): Promise<boolean> => {
    setOutcome({ status: 'busy' })
    try {
      await feed.act(data.id, act)
      setOutcome({ status: 'done' })
      return true
    } catch (error) {
      setOutcome({ status: 'failed', message: (error as Error).message })
      return false
    }
  }
  return { outcome, run }
}
