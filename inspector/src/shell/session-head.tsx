/** Which session this is, how it is doing, and what stops it. */
import type { UsageView } from '../../../src/inspect/protocol.ts'
import { useApplication, useMayAct, useSession } from '../context.ts'
import { useCell } from '../feed/cell.ts'
import { agentText, costText, countText } from '../parts/words.ts'
import { StatusBadge } from '../parts/status.tsx'
import { stateText } from '../statechart/active-states.ts'
import { ActButton } from '../act/act-button.tsx'

/** The head. */
export function SessionHead() {
  const { look } = useApplication()
  const { summary, state, data, machine } = useSession()
  const phase = useCell(data.phase)
  const loaded = useCell(data.loaded)
  const mayAct = useMayAct()
  const turn = state.turns.findLast(({ status }) => status === 'running' || status === 'waiting' || status === 'queued')
  const value = stateText(state.value)
  // The list of turns is cut; the summary may be a little behind.
  const turns = Math.max(summary.turns, state.turns.length)
  return (
    <header className="session-head">
      <button
        type="button"
        className="button plain only-narrow"
        aria-label="Sessions"
        onClick={() => look.listOpen.set(true)}
      >
        ☰
      </button>
      <h2 className="session-name cut" title={summary.id}>
        {summary.id}
      </h2>
      <StatusBadge status={state.activity} />
      {phase.kind === 'failed' && <StatusBadge status="failed">{phase.message}</StatusBadge>}
      {phase.kind === 'stale' && <StatusBadge status="waiting">not up to date</StatusBadge>}
      <span className="dim cut">
        {agentText(summary.agent, machine)}
        {value !== '' && (
          <>
            {' · '}
            <span className="mono">{value}</span>
          </>
        )}
      </span>
      <span className="grow" />
      {loaded < 1 && phase.kind === 'live' && <span className="dim number">history {Math.floor(loaded * 100)} %</span>}
      <span className="dim number" title={usageTitle(state.usage)}>
        {countText(turns)} {turns === 1 ? 'turn' : 'turns'} · {countText(state.usage.totalTokens)} tokens
        {state.usage.cost !== undefined && ` · cost ${costText(state.usage.cost)}`}
      </span>
      {mayAct && turn && (
        <ActButton act={{ kind: 'cancel', traceId: turn.traceId }} className="button">
          Cancel turn
        </ActButton>
      )}
      {mayAct && state.activity !== 'ended' && state.activity !== 'stopped' && (
        <ActButton act={{ kind: 'stop' }} className="button danger" confirm="Stop it?">
          Stop
        </ActButton>
      )}
    </header>
  )
}

function usageTitle({ inputTokens, outputTokens, calls, cachedInputTokens, reasoningTokens }: UsageView): string {
  const cached = cachedInputTokens === undefined ? '' : ` (${cachedInputTokens} cached)`
  const reasoning = reasoningTokens === undefined ? '' : ` (${reasoningTokens} reasoning)`
  return `${inputTokens} tokens in${cached}, ${outputTokens} out${reasoning}, ${calls} model calls`
}
