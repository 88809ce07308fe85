/** Gives an exported session another id. */
import type { Json } from '../../core/json.ts'
import type { Checkpoint } from '../../session/checkpoint.ts'
import { persistedNodes } from '../../session/stored-pending.ts'
import { count } from '../words.ts'
import type { SessionFile } from './session-file.ts'

/**
 * Why a session cannot have another id: it has something to do. Under other event ids its tools would get other
 * idempotency keys, so that what is done in the one session would be done again in the other.
 */
export function reasonNotToRename(checkpoint: Checkpoint): string | undefined {
  const { turns, timers } = checkpoint
  if (turns.length > 0) return `${count(turns.length, 'turn')} of it ${turns.length === 1 ? 'is' : 'are'} open`
  if (timers.length > 0) return `${count(timers.length, 'timer')} of it ${timers.length === 1 ? 'is' : 'are'} set`
  const busy = Object.entries(persistedNodes(checkpoint)).find(
    ([, { current, inbox = [], held = [] }]) => current || inbox.length > 0 || held.length > 0,
  )
  return busy && `its node '${busy[0]}' has work`
}

/** The session under another id: in the ids of its turns and events, wherever they stand. What was said stays as it is. */
export function renameSession(file: SessionFile, to: string): SessionFile {
  const from = file.checkpoint.sessionId
  const id = new RegExp(`^${from.replace(/[.\\]/g, '\\$&')}(/\\d+\\.\\d+(?:\\.\\d+)*)$`)
  const renamed = (text: string): string => text.replace(id, (_, rest: string) => to + rest)
  const inside = (value: Json | undefined): Json | undefined => {
    if (typeof value === 'string') return renamed(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return (value as readonly Json[]).map((each) => inside(each) as Json)
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [renamed(key), inside(each)]))
  }
  const checkpoint = inside(file.checkpoint as unknown as Json) as unknown as Checkpoint
  return {
    ...file,
    checkpoint: { ...checkpoint, sessionId: to },
    messages: file.messages.map((record) => ({ ...record, traceId: renamed(record.traceId) })),
    log: file.log.map((entry) => {
      const event = inside(entry.event as unknown as Json) as unknown as typeof entry.event
      return { ...entry, event: { ...event, sessionId: to } }
    }),
  }
}
