/** What was sent to a model and what came back, as it was on the wire. */
import { useState } from 'react'
import type { ModelExchange } from '../../../src/inspect/protocol.ts'
import { Section } from '../detail/section.tsx'
import { JsonTree } from '../parts/json-tree.tsx'

const parts = ['request', 'answer', 'raw'] as const
const names = { request: 'Request', answer: 'Response', raw: 'Raw response' } as const

interface Props {
  readonly exchange: ModelExchange
  /** The part that is shown first. */
  readonly first?: (typeof parts)[number]
}

/** The exchange, one part at a time. */
export function Exchange({ exchange: { request, response }, first = 'request' }: Props) {
  const [part, setPart] = useState(first)
  return (
    <Section title="Exchange with the model">
      <div role="group" aria-label="Part of the exchange" className="kinds">
        {parts.map((name) => (
          <button
            key={name}
            type="button"
            className="button plain"
            aria-pressed={name === part}
            onClick={() => setPart(name)}
          >
            {names[name]}
          </button>
        ))}
      </div>
      <div className="exchange scroll" tabIndex={0} role="region" aria-label={names[part]}>
        {part === 'request' && <JsonTree value={request.body} label="Request" />}
        {part === 'answer' && <JsonTree value={response.answer} label="Response" />}
        {part === 'raw' && <pre className="text-block">{response.raw === '' ? '(nothing)' : response.raw}</pre>}
      </div>
    </Section>
  )
}
