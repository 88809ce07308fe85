/** Where the time of a turn went: a bar for the work of each node, and for each model call inside it. */
import { useEffect, useMemo, useRef, useState } from 'react'
import { useApplication, useSession } from '../context.ts'
import { useCell } from '../feed/cell.ts'
import { turnInScope, useRecords } from '../feed/use-records.ts'
import { Notice } from '../parts/notice.tsx'
import { StatusBadge } from '../parts/status.tsx'
import { useSize } from '../parts/use-size.ts'
import { countText, durationText, shortId } from '../parts/words.ts'
import { axisTicks, isSpanRecord, spansOf, type Span } from './spans.ts'

/** The view. */
export function WaterfallView() {
  const { look } = useApplication()
  const { data, state } = useSession()
  const scope = useCell(look.scope)
  const selection = useCell(look.selection)
  const records = useRecords(data, isSpanRecord)
  const turn = turnInScope(state, scope)
  const spans = useMemo(() => (turn ? spansOf(turn, records, state.nodes) : []), [turn, records, state.nodes])
  const running = turn !== undefined && turn.endedAt === null && turn.status !== 'waiting'
  const now = useNow(running)
  const surface = useRef<HTMLDivElement>(null)
  const size = useSize(surface)
  if (!turn)
    return (
      <div ref={surface} className="waterfall">
        <Notice title="No turns yet" />
      </div>
    )
  // Speech goes on after the end of its turn.
  const end = Math.max(turn.endedAt ?? now, ...spans.map((span) => span.end ?? now))
  const length = Math.max(1, end - turn.startedAt)
  // About so many words of the axis fit between the names and the times of the bars.
  const ticks = axisTicks(length, Math.max(1, Math.floor(((size?.width ?? 900) - 350) / 80)))
  return (
    <div ref={surface} className="waterfall">
      <div className="view-tools">
        <strong>Turn {shortId(turn.traceId)}</strong>
        <StatusBadge status={turn.status} />
        <span className="number">{durationText((turn.endedAt ?? now) - turn.startedAt)}</span>
        <span className="dim number">
          {countText(turn.usage.inputTokens)} tokens in, {countText(turn.usage.outputTokens)} out, {turn.usage.calls}{' '}
          model {turn.usage.calls === 1 ? 'call' : 'calls'}
        </span>
      </div>
      {spans.length === 0 ? (
        <Notice title="Nothing of this turn is retained" />
      ) : (
        <div className="waterfall-rows scroll" tabIndex={0} role="region" aria-label="Waterfall">
          <div className="waterfall-axis dim number" aria-hidden="true">
            {ticks.map((at) => (
              <span key={at} style={{ left: `${(at / length) * 100}%` }}>
                {durationText(at)}
              </span>
            ))}
          </div>
          <ol>
            {spans.map((span) => (
              <li key={span.key}>
                <SpanRow
                  span={span}
                  start={turn.startedAt}
                  length={length}
                  now={now}
                  ticks={ticks}
                  selected={selection?.kind === 'record' && selection.seq === span.seq}
                  onSelect={() =>
                    look.select(span.seq === null ? { kind: 'node', id: span.node } : { kind: 'record', seq: span.seq })
                  }
                />
              </li>
            ))}
          </ol>
        </div>
      )}
    </div>
  )
}

interface SpanRowProps {
  readonly span: Span
  readonly start: number
  readonly length: number
  readonly now: number
  readonly ticks: readonly number[]
  readonly selected: boolean
  readonly onSelect: () => void
}

function SpanRow({ span, start, length, now, ticks, selected, onSelect }: SpanRowProps) {
  const { node, label, depth, kind, status, marks, tokens } = span
  const took = Math.max(0, (span.end ?? now) - span.start)
  const share = (time: number) => `${Math.max(0, Math.min(100, (time / length) * 100))}%`
  return (
    <button
      type="button"
      className="span-row"
      data-selected={selected || undefined}
      data-depth={depth}
      onClick={onSelect}
    >
      <span className="span-name cut">
        {depth === 0 && <strong>{node}</strong>} <span className="dim mono">{label}</span>
      </span>
      <span className="span-track">
        {ticks.map((at) => (
          <span key={at} className="span-tick" style={{ left: share(at) }} />
        ))}
        <span
          className="span-bar"
          data-kind={kind}
          data-status={status}
          style={{ left: share(span.start - start), width: share(took) }}
        >
          {marks.map((mark) => (
            <span
              key={mark}
              className="span-mark"
              title={`first text after ${durationText(mark - span.start)}`}
              style={{ left: `${took === 0 ? 0 : ((mark - span.start) / took) * 100}%` }}
            />
          ))}
        </span>
      </span>
      <span className="span-time number">
        {durationText(took)}
        {tokens > 0 && <span className="dim"> · {countText(tokens)} tok</span>}
      </span>
    </button>
  )
}

/** The present time, ten times a second while something is running. */
function useNow(running: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!running) return
    const timer = setInterval(() => setNow(Date.now()), 100)
    return () => clearInterval(timer)
  }, [running])
  return now
}
