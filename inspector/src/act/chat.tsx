/** The conversation, and a box to go on with it. */
import { useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useApplication, useMayAct, useSession } from '../context.ts'
import { useRecords } from '../feed/use-records.ts'
import { Fault, Notice } from '../parts/notice.tsx'
import { StatusBadge } from '../parts/status.tsx'
import { countText, durationText, shortId } from '../parts/words.ts'
import { chatTurns, isChatRecord, type ChatTurn } from './chat-turns.ts'
import { useAct } from './use-act.ts'

/** The panel. */
export function Chat() {
  const { data, state } = useSession()
  const records = useRecords(data, isChatRecord)
  const turns = useMemo(() => chatTurns(state.turns, records), [state.turns, records])
  const scroller = useRef<HTMLDivElement>(null)
  // Stays at the end until the person scrolls up.
  const atEnd = useRef(true)
  useLayoutEffect(() => {
    if (scroller.current && atEnd.current) scroller.current.scrollTop = scroller.current.scrollHeight
  }, [turns])
  return (
    <div className="chat">
      <div
        ref={scroller}
        className="chat-turns scroll"
        tabIndex={0}
        role="log"
        aria-label="Conversation"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < 40
        }}
      >
        {turns.length === 0 && <Notice title="No turns yet" />}
        {turns.map((turn) => (
          <ChatTurnBlock key={turn.turn.traceId} chat={turn} />
        ))}
      </div>
      <Composer />
    </div>
  )
}

function ChatTurnBlock({ chat: { turn, asked, text } }: { readonly chat: ChatTurn }) {
  const { look } = useApplication()
  const { traceId, status, startedAt, endedAt, usage, error, dropped } = turn
  return (
    <article className="chat-turn">
      {asked.map((question, index) => (
        // Questions of a turn are only ever added at the end.
        <div key={index} className="chat-asked">
          {question}
        </div>
      ))}
      {text !== '' && <div className="chat-answer">{text}</div>}
      {error && <Fault error={error} />}
      {dropped.length > 0 && <div className="fault">Nothing handled {dropped.join(', ')}.</div>}
      <footer className="chat-about dim number">
        <button
          type="button"
          className="link"
          title="Show this turn only"
          onClick={() => {
            look.scope.set(traceId)
          }}
        >
          {shortId(traceId)}
        </button>
        {status !== 'completed' && <StatusBadge status={status} />}
        {endedAt !== null && <span>{durationText(endedAt - startedAt)}</span>}
        {usage.totalTokens > 0 && <span>{countText(usage.totalTokens)} tokens</span>}
      </footer>
    </article>
  )
}

function Composer() {
  const { summary, state } = useSession()
  const mayAct = useMayAct()
  const { outcome, run } = useAct()
  const [text, setText] = useState('')
  if (summary.source !== 'troupe') return null
  const over = state.activity === 'ended'
  const disabled = !mayAct || over || outcome.status === 'busy'
  const send = async () => {
    const content = text.trim()
    if (content === '' || disabled) return
    setText('')
    // What could not be sent is given back, unless the person has written on.
    if (!(await run({ kind: 'send', content }))) setText((now) => (now === '' ? content : now))
  }
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      {outcome.status === 'failed' && (
        <div className="fault" role="alert">
          {outcome.message}
        </div>
      )}
      <textarea
        id="chat-text"
        className="field"
        rows={2}
        aria-label="Message"
        placeholder={
          over ? 'The session has ended' : mayAct ? 'Message — Enter sends, Shift+Enter breaks the line' : 'Look only'
        }
        value={text}
        disabled={!mayAct || over}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
          event.preventDefault()
          void send()
        }}
      />
      <button type="submit" className="button primary" disabled={disabled || text.trim() === ''}>
        Send
      </button>
    </form>
  )
}
