/** The parts of a conversation that stay together: a message, or a call with its results. */
import type { Message, MessageWindow } from '../core/messages.ts'

/** A message, or a call with its results. */
export interface WindowUnit {
  readonly ids: readonly string[]
  /** Ready for a model: a call without a result has the one that stands in for it. */
  readonly messages: readonly Message[]
}

/** Reads the messages of a window. */
export type ReadWindow = (window: MessageWindow) => Promise<readonly Message[]>

/** A window of these messages and nothing more. */
export function windowOf(ids: readonly string[], text = ''): MessageWindow {
  return { ids: [...ids], prepend: [], text }
}

/** The units of a list of messages, oldest first. Results whose call is not there are left out. */
export async function readUnits(read: ReadWindow, ids: readonly string[]): Promise<WindowUnit[]> {
  // All at once first, so that each by itself is at hand then.
  const whole = await read(windowOf(ids))
  if (whole.length === ids.length && whole.every(isPlain))
    return whole.map((message, place) => ({ ids: [ids[place] as string], messages: [message] }))
  const units: { ids: string[]; messages: readonly Message[] }[] = []
  for (const id of ids) {
    const messages = await read(windowOf([id]))
    // Read by itself a result is nothing, as its call is not there.
    if (messages.length > 0) units.push({ ids: [id], messages })
    else units.at(-1)?.ids.push(id)
  }
  for (const unit of units) if (unit.ids.length > 1) unit.messages = await read(windowOf(unit.ids))
  return units
}

/** The message of a unit that is one text: no call, no result. Undefined for others. */
export function plainMessage({ messages }: WindowUnit): Message | undefined {
  const [message] = messages
  return message && messages.length === 1 && isPlain(message) ? message : undefined
}

function isPlain(message: Message): boolean {
  return message.role !== 'tool' && !(message.role === 'assistant' && message.tool_calls)
}
