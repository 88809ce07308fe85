/** Makes the recorded answer of a turn what was heard of it. */
import type { AssistantMessage, Message } from '../core/messages.ts'
import type { NodeRuntime } from '../core/node.ts'
import { windowOf } from './window-units.ts'

/** What stands where an answer was cut off, for the model to see that it was. */
export const cutMark = '…'

// Messages of a turn, tool rounds included.
const reach = 64

interface Answer {
  readonly id: string
  readonly message: AssistantMessage
}

/**
 * Amends the answers of the newest turn so that they end where `heard` does; texts behind that become {@link cutMark}.
 * With `append`, what was heard of an answer that was never recorded, as the turn was cancelled, is recorded now.
 * Nothing is done when all was heard. Resolves with the new ids by the old ones.
 */
export async function recordHeard(
  heard: string,
  runtime: Pick<NodeRuntime, 'amend' | 'append' | 'messages' | 'window'>,
  { append }: { readonly append: boolean },
): Promise<ReadonlyMap<string, string>> {
  const answers = await answersOfTurn(runtime)
  const told = answers.map(({ message }) => message.content ?? '').join('')
  if (heard.length > told.length && heard.startsWith(told)) {
    const rest = heard.slice(told.length).trim()
    if (append && rest !== '') runtime.append({ role: 'assistant', content: cut(rest) })
    return new Map()
  }
  if (!told.startsWith(heard)) return new Map()
  const amended = new Map<string, string>()
  let left = heard.length
  for (const { id, message } of answers) {
    const content = message.content ?? ''
    const unheard = content.slice(left)
    // Marks and space behind the last word are not spoken.
    if (/[\p{L}\p{N}]/u.test(unheard))
      amended.set(id, runtime.amend(id, { ...message, content: cut(content.slice(0, left)) }))
    left = Math.max(0, left - content.length)
  }
  return amended
}

function cut(text: string): string {
  const heard = text.trimEnd()
  return heard === '' ? cutMark : `${heard} ${cutMark}`
}

/** What the model said since the newest input, oldest first. */
async function answersOfTurn(runtime: Pick<NodeRuntime, 'messages' | 'window'>): Promise<Answer[]> {
  const { ids } = await runtime.window({ limit: reach })
  const answers: Answer[] = []
  for (const id of [...ids].reverse()) {
    const [message]: readonly (Message | undefined)[] = await runtime.messages(windowOf([id]))
    if (message?.role === 'user') break
    if (message?.role === 'assistant') answers.unshift({ id, message })
  }
  return answers
}
