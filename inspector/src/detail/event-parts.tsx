/** What an event did to the machine. */
import type { EventRecord, GuardTrial, Patch } from '../../../src/inspect/protocol.ts'
import { JsonTree } from '../parts/json-tree.tsx'
import { Fault } from '../parts/notice.tsx'
import { stateText } from '../statechart/active-states.ts'
import { guardName } from '../statechart/names.ts'
import { Facts, Section } from './section.tsx'

/** The parts. */
export function EventParts({ record }: { readonly record: EventRecord }) {
  const { data, states, fired = [], guards = [], context = [], error, dropped, eventId } = record
  return (
    <>
      {error && <Fault error={error} />}
      {dropped && <div className="fault">Nothing handled it in the state that the machine was in.</div>}
      <Facts facts={[['id', <span className="mono">{eventId ?? '(XState’s own)'}</span>]]} />
      {states && (
        <Section title="State">
          <p className="mono">
            {stateText(states[0])} → {stateText(states[1])}
          </p>
        </Section>
      )}
      {(guards.length > 0 || fired.length > 0) && (
        <Section title="Transition">
          <ul>
            {guards.map((trial, index) => (
              // The trials of a record never change.
              <GuardLine key={index} trial={trial} />
            ))}
          </ul>
          {fired.map(({ source, targets, event, index, actions }) => (
            <p key={`${source}|${event}|${index}`}>
              <span className="mono">{source}</span>
              {targets.length > 0 && <span className="mono"> → {targets.join(', ')}</span>}
              {actions.length > 0 && <span className="dim"> / {actions.join(', ')}</span>}
            </p>
          ))}
        </Section>
      )}
      {context.length > 0 && (
        <Section title="Context changed">
          <ContextDiff patches={context} />
        </Section>
      )}
      <Section title="Data">
        <JsonTree value={data} label="Data of the event" />
      </Section>
    </>
  )
}

function GuardLine({ trial: { guard, params, result } }: { readonly trial: GuardTrial }) {
  return (
    <li className="guard-line">
      <span className={result ? 'guard-held' : 'guard-refused'}>{result ? '✓' : '✗'}</span>
      <span className="guard">{guardName({ type: guard, params })}</span>
      <span className="dim">{result ? 'held' : 'did not hold'}</span>
    </li>
  )
}

/** Patches as lines: what came, what changed, what went. */
function ContextDiff({ patches }: { readonly patches: readonly Patch[] }) {
  return (
    <ul className="diff">
      {patches.map((patch, index) => (
        // The patches of a record never change.
        <li key={index} className={`diff-${patch.op}`}>
          <span className="diff-sign" aria-label={patch.op}>
            {patch.op === 'add' ? '+' : patch.op === 'remove' ? '−' : '~'}
          </span>
          <span className="mono">{patch.path === '' ? '(all)' : patch.path.slice(1).replaceAll('/', '.')}</span>
          {patch.op !== 'remove' && <JsonTree value={patch.value} label={`New value of ${patch.path}`} />}
        </li>
      ))}
    </ul>
  )
}
