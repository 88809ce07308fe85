/** A state: its name, what it does, and the transitions that lead nowhere. */
import { Handle, Position, type NodeProps } from '@xyflow/react'
import { memo, use, useRef } from 'react'
import { useSession } from '../context.ts'
import { transitionKey } from '../feed/lights.ts'
import { useLit } from '../feed/use-lit.ts'
import { notesOf, shownReactions } from './chart-layout.ts'
import { HighlightContext } from './highlight.ts'
import type { ChartState, ChartTransition } from './read-machine.ts'

/** The box; of one with states inside, the frame and the head. */
export const StateBox = memo(function StateBox({ data, selected }: NodeProps) {
  const state = data['state'] as ChartState
  const { active } = use(HighlightContext)
  const { id, key, kind, tags, states } = state
  const notes = notesOf(state)
  const reactions = shownReactions(state)
  return (
    <div
      className="state"
      data-kind={kind}
      data-nested={states.length > 0 || undefined}
      data-active={active.has(id) || undefined}
      data-selected={selected || undefined}
      data-state={id}
    >
      <Handle type="target" position={Position.Top} isConnectable={false} />
      {kind === 'history' ? (
        <span className="state-history" title={`history of ${id}`}>
          H
        </span>
      ) : (
        <>
          <div className="state-head">
            <span className="state-name cut">{key}</span>
            {(kind === 'parallel' || kind === 'final') && <span className="badge">{kind}</span>}
            {tags.map((tag) => (
              <span key={tag} className="badge" data-status="waiting">
                {tag}
              </span>
            ))}
          </div>
          {notes.map((note) => (
            <div key={note} className="state-row dim cut" title={note}>
              {note}
            </div>
          ))}
          {reactions.map((reaction) => (
            <Reaction key={reaction.id} reaction={reaction} />
          ))}
        </>
      )}
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  )
})

function Reaction({ reaction: { id, label, guard, actions } }: { readonly reaction: ChartTransition }) {
  const { data } = useSession()
  const element = useRef<HTMLDivElement>(null)
  const { fired, guards, possible } = use(HighlightContext)
  useLit(data.lights, [transitionKey(id)], element)
  return (
    <div
      ref={element}
      className="state-row state-reaction"
      data-fired={fired.has(id) || undefined}
      data-possible={possible.has(id) || undefined}
      data-transition={id}
    >
      <span className="cut">
        {label}
        {guard !== undefined && (
          <span className="guard">
            {' '}
            <GuardResult result={guards.get(id)} />[{guard}]
          </span>
        )}
        {actions.length > 0 && <span className="dim"> / {actions.join(', ')}</span>}
      </span>
    </div>
  )
}

/** Whether a guard held when it was tried; nothing when it was not. */
export function GuardResult({ result }: { readonly result: boolean | undefined }) {
  if (result === undefined) return null
  return result ? (
    <span className="guard-held" title="held">
      ✓{' '}
    </span>
  ) : (
    <span className="guard-refused" title="did not hold">
      ✗{' '}
    </span>
  )
}

/** Where a state with others inside is entered. */
export const InitialDot = memo(function InitialDot() {
  return (
    <div className="initial-dot">
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  )
})
