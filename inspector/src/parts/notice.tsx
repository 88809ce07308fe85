/** What stands where there is nothing to see, or something is wrong. */
import type { ErrorView } from '../../../src/inspect/protocol.ts'

/** A text in the middle of an empty place. */
export function Notice({ title, children }: { readonly title: string; readonly children?: React.ReactNode }) {
  return (
    <div className="notice" role="status">
      <p className="notice-title">{title}</p>
      {children}
    </div>
  )
}

/** Something is being loaded. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <div className="notice" role="status">
      <span className="spinner" aria-hidden="true" />
      <p className="dim">Loading {what}…</p>
    </div>
  )
}

/** An error with its code, its cause and, folded, its stack. */
export function Fault({ error }: { readonly error: ErrorView }) {
  return (
    <div className="fault">
      <strong>{error.name}</strong>
      {error.code !== undefined && <span className="mono"> {error.code}</span>}
      <div>{error.message}</div>
      {error.stack !== undefined && (
        <details>
          <summary>Stack</summary>
          <pre className="scroll">{error.stack}</pre>
        </details>
      )}
      {error.cause && (
        <>
          <div className="label">caused by</div>
          <Fault error={error.cause} />
        </>
      )}
    </div>
  )
}
