/** A button that does one thing to the session. */
import { useEffect, useState, type ReactNode } from 'react'
import type { Act } from '../../../src/inspect/protocol.ts'
import { useAct } from './use-act.ts'

interface Props {
  readonly act: Act
  readonly className: string
  /** What it asks before it does it. */
  readonly confirm?: string
  readonly children: ReactNode
}

/** The button; a refusal is shown beside it. */
export function ActButton({ act, className, confirm, children }: Props) {
  const { outcome, run } = useAct()
  const [asked, setAsked] = useState(false)
  useEffect(() => {
    if (!asked) return
    const timer = setTimeout(() => setAsked(false), 4_000)
    return () => clearTimeout(timer)
  }, [asked])
  const press = () => {
    if (confirm !== undefined && !asked) setAsked(true)
    else {
      setAsked(false)
      void run(act)
    }
  }
  return (
    <>
      {outcome.status === 'failed' && (
        <span className="fault cut" role="alert" title={outcome.message}>
          {outcome.message}
        </span>
      )}
      <button type="button" className={className} disabled={outcome.status === 'busy'} onClick={press}>
        {asked ? confirm : children}
      </button>
    </>
  )
}
