/** Messages one below the other. */
import { JsonTree } from '../parts/json-tree.tsx'
import type { ShownMessage } from './read-message.ts'

/** The list; all text is shown as text. */
export function MessageList({ messages }: { readonly messages: readonly ShownMessage[] }) {
  return (
    <ol className="message-list">
      {messages.map((message, index) => (
        // A conversation only grows at its end.
        <li key={index} className="message" data-role={message.role}>
          <span className="message-role">{message.role}</span>
          <div className="message-body">
            {message.answers !== undefined && <div className="label mono">answers {message.answers}</div>}
            {message.text !== '' && <div className="message-text">{message.text}</div>}
            {message.calls.map(({ id, name, args }) => (
              <div key={id} className="message-call">
                <div>
                  <strong className="mono">{name}</strong> <span className="label mono">{id}</span>
                </div>
                <JsonTree value={args} label={`Arguments of ${name}`} />
              </div>
            ))}
          </div>
        </li>
      ))}
    </ol>
  )
}
