/** Gives an exported session another id. */
import type { Checkpoint } from '../../session/checkpoint.ts'
import { Readdress } from '../../session/readdress.ts'
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
  const readdress = new Readdress(file.checkpoint.sessionId, to)
  return {
    ...file,
    checkpoint: readdress.checkpoint(file.checkpoint),
    messages: file.messages.map((record) => readdress.message(record)),
    log: file.log.map((entry) => readdress.entry(entry)),
  }
}
