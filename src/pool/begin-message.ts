/** How a message gets into its session: in a place of the queue, or at once where it changes the turn at work. */
import { SessionBusyError } from '../core/errors.ts'
import type { UserContent } from '../core/messages.ts'
import type { Turn } from '../session/turn.ts'
import type { TurnPolicy } from '../session/turn-policy.ts'
import type { Admission } from './admission.ts'
import type { LiveSessions } from './live-sessions.ts'
import type { PoolSendOptions } from './pool-options.ts'
import type { TurnQueue } from './turn-queue.ts'

/** What it is decided on. */
interface BeginParts {
  readonly queue: TurnQueue
  readonly live: LiveSessions
  readonly admission: Admission
  /** That of messages which name none. */
  readonly turnPolicy: TurnPolicy
}

/** Sends a message that no other one with its id goes before; resolves when it is stored. */
export type BeginMessage = (sessionId: string, content: UserContent, options: PoolSendOptions) => Promise<Turn>

/** See the top of this file. */
export function messageBeginner({ queue, live, admission, turnPolicy }: BeginParts): BeginMessage {
  return async (sessionId, content, { id, policy = turnPolicy, ...waiting }) => {
    const options = id === undefined ? { policy } : { id, policy }
    const atWork = policy !== 'enqueue' && (queue.has(sessionId) || live.get(sessionId)?.busy() === true)
    if (policy === 'reject' && atWork)
      throw new SessionBusyError(sessionId, 'a turn is at work. Send it again when that has ended, or cancel it.')
    if (!atWork) return admission.begin(sessionId, waiting, (session) => session.send(content, options))
    // The place that it would wait for is that of the very turn that it is to change.
    waiting.signal?.throwIfAborted()
    return admission.use(sessionId, async (session) => {
      const turn = session.send(content, options)
      await turn.accepted
      return turn
    })
  }
}
