/** The statechart's value and context, and what the session has used. */
import { useSession } from '../context.ts'
import { JsonTree } from '../parts/json-tree.tsx'
import { agentText, clockText, countText } from '../parts/words.ts'
import { stateText } from '../statechart/active-states.ts'
import { Facts, Section } from './section.tsx'

/** The panel. */
export function ContextPanel() {
  const { state, summary, machine } = useSession()
  const { usage } = state
  return (
    <div className="detail scroll" tabIndex={0} role="region" aria-label="Context">
      <Section title="State">
        <Facts
          facts={[
            ['value', stateText(state.value) || '(no states)'],
            ['tags', state.tags.join(', ') || '—'],
            ['opened', clockText(summary.openedAt)],
            ['agent', agentText(summary.agent, machine)],
            ['machine', machine?.hash ?? '—'],
          ]}
        />
      </Section>
      <Section title="Context">
        <JsonTree value={state.context} label="Context" />
      </Section>
      <Section title="Usage">
        <Facts
          facts={[
            ['model calls', countText(usage.calls)],
            ['tokens in', countText(usage.inputTokens)],
            ['tokens out', countText(usage.outputTokens)],
            ['turns', countText(summary.turns)],
            ['failed turns', countText(summary.failures)],
          ]}
        />
      </Section>
      <Section title={`Accepts ${state.accepts.length}`}>
        <ul className="chips">
          {state.accepts.map((type) => (
            <li key={type} className="badge mono">
              {type}
            </li>
          ))}
        </ul>
      </Section>
    </div>
  )
}
