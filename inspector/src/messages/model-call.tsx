/** One call of a model: its figures in a line, and on demand what was said. */
import { useEffect, useState } from 'react'
import type { ModelExchange, ModelRecord } from '../../../src/inspect/protocol.ts'
import { useApplication, useSession } from '../context.ts'
import { Fault, Loading } from '../parts/notice.tsx'
import { StatusBadge } from '../parts/status.tsx'
import { clockText, durationText } from '../parts/words.ts'
import { Exchange } from './exchange.tsx'
import { MessageList } from './message-list.tsx'
import { readMessages } from './read-message.ts'

/** The call. */
export function ModelCall({ call }: { readonly call: ModelRecord }) {
  const [open, setOpen] = useState(false)
  const { node, model, time, startedAt, usage, status, finishReason, error } = call
  return (
    <details className="model-call" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <span className="dim number">{clockText(startedAt)}</span>
        <strong>{node}</strong>
        <span className="mono cut">{model}</span>
        <span className="number">{durationText(time - startedAt)}</span>
        {usage && (
          <span className="dim number">
            {usage.inputTokens} → {usage.outputTokens} tokens
          </span>
        )}
        <span className="grow" />
        <StatusBadge status={error ? 'failed' : 'completed'}>
          {status ?? 'no answer'} {finishReason}
        </StatusBadge>
      </summary>
      {error && <Fault error={error} />}
      {open && <ModelCallParts call={call} />}
    </details>
  )
}

function ModelCallParts({ call: { seq } }: { readonly call: ModelRecord }) {
  const { feed } = useApplication()
  const { data } = useSession()
  const [exchange, setExchange] = useState<ModelExchange>()
  const [fault, setFault] = useState<string>()
  useEffect(() => {
    let current = true
    feed.detail(data.id, seq).then(
      (detail) => {
        if (!current) return
        if (detail.exchange) setExchange(detail.exchange)
        else setFault('The exchange is not retained any more.')
      },
      (error: Error) => current && setFault(error.message),
    )
    return () => {
      current = false
    }
  }, [feed, data, seq])
  if (fault !== undefined) return <div className="fault">{fault}</div>
  if (!exchange) return <Loading what="the exchange" />
  const messages = readMessages((exchange.request.body as { messages?: unknown } | null)?.messages)
  return (
    <>
      <MessageList messages={messages} />
      <Exchange exchange={exchange} first="answer" />
    </>
  )
}
