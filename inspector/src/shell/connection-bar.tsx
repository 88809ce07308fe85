/** Says when the connection is not there; nothing is shown while all is well. */
import { useEffect, useState } from 'react'
import { useApplication } from '../context.ts'
import { useCell } from '../feed/cell.ts'

/** The bar. */
export function ConnectionBar() {
  const { feed } = useApplication()
  const connection = useCell(feed.connection)
  const [late, setLate] = useState(false)
  const connecting = connection.status === 'connecting'
  useEffect(() => {
    setLate(false)
    if (!connecting) return
    // A connection that comes at once is not worth a word.
    const timer = setTimeout(() => setLate(true), 600)
    return () => clearTimeout(timer)
  }, [connecting])

  if (connection.status === 'open' || (connecting && !late)) return null
  if (connection.status === 'refused')
    return (
      <div className="connection-bar" data-status="failed" role="alert">
        {connection.reason}
      </div>
    )
  return (
    <div className="connection-bar" data-status="waiting" role="status">
      <span className="spinner" aria-hidden="true" />
      {connecting ? 'Connecting…' : 'The server cannot be reached. Trying again…'}
      {!connecting && (
        <button type="button" className="button" onClick={() => feed.retry()}>
          Connect now
        </button>
      )}
    </div>
  )
}
