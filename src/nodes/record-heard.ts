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

/** A spoken answer, as far as it is known. */
export interface SpokenAnswer {
  /** What was to be spoken, from the beginning of the answer; not empty. */
  readonly spoken: string
  /** How much of that was heard. */
  readonly heard: string
}

/**
 * Amends the newest answers so that they end where what was heard of them does; texts behind that become {@link cutMark}.
 * With `append`, what was heard of an answer that was never recorded, as the turn was cancelled, is recorded now.
 * Nothing is done when all was heard, or what was spoken is not what was answered. Resolves with the new ids by the old ones.
 */
export async function recordHeard(
  { spoken, heard }: SpokenAnswer,
  runtime: Pick<NodeRuntime, 'amend' | 'append' | 'messages' | 'window'>,
  { append }: { readonly append: boolean },
): Promise<ReadonlyMap<string, string>> {
  const newest = await newestAnswers(runtime)
  // What was said before may be of an earlier turn, one that a timer began.
  const first = newest.findIndex((_, place) => {
    const told = textOf(newest.slice(place))
    return told !== '' && (told.startsWith(spoken) || spoken.startsWith(told))
  })
  if (first < 0 && textOf(newest) !== '') return new Map()
  const answers = first < 0 ? [] : newest.slice(first)
  const told = textOf(answers)
  if (heard.length > told.length) {
    const rest = heard.slice(told.length).trim()
    if (append && rest !== '') runtime.append({ role: 'assistant', content: cut(rest) })
    return new Map()
  }
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

function textOf(answers: readonly Answer[]): string {
  return answers.map(({ message }) => message.content ?? '').join('')
}

function cut(text: string): string {
  const heard = text.trimEnd()
  return heard === '' ? cutMark : `${heard} ${cutMark}`
}

/** What the model said since the newest input, oldest first. */
async function newestAnswers(runtime: Pick<NodeRuntime, 'messages' | 'window'>): Promise<Answer[]> {
  const { ids } = await runtime.window({ limit: reach })
  const answers: Answer[] = []
  for (const id of [...ids].reverse()) {
    const [message]: readonly (Message | undefined)[] = await runtime.messages(windowOf([id]))
    if (message?.role === 'user') break
    if (message?.role === 'assistant') answers.unshift({ id, message })
  }
  return answers
}
