/** A status as a coloured word. */

/** A badge with a dot. */
export function StatusBadge({ status, children }: { readonly status: string; readonly children?: React.ReactNode }) {
  return (
    <span className="badge" data-status={status}>
      <span className="status-dot" data-status={status} />
      {children ?? status}
    </span>
  )
}
