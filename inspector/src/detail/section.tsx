/** Parts of a detail. */
import type { ReactNode } from 'react'
import type { EventRef } from '../../../src/inspect/protocol.ts'
import { shortId } from '../parts/words.ts'

/** A part with its title. */
export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="detail-section">
      <h3 className="detail-title">{title}</h3>
      {children}
    </section>
  )
}

/** Names and values, one pair a line. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** An event by its name, its source and its number. */
export function EventName({ event }: { readonly event: EventRef }) {
  return (
    <span className="event-name" title={event.id}>
      <span className="mono">{event.type}</span> <span className="dim">from {event.from}</span>{' '}
      <span className="dim number">{shortId(event.id)}</span>
    </span>
  )
}
