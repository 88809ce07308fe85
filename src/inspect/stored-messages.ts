/** The conversation of a session that is not live, without opening it: nothing runs, nothing is written. */
import type { Message } from '../core/messages.ts'
import type { Store } from '../core/store.ts'
import { readCheckpoint } from '../session/checkpoint-text.ts'
import { Transcript } from '../session/transcript.ts'

/**
 * Reads all messages of a stored session, oldest first; none when it is not stored. Meant for the option `messages` of
 * an {@link InspectorFeed}: `messages: (id) => storedMessages(store, id)`.
 * @throws CheckpointError when what is stored cannot be read.
 */
export async function storedMessages(
  { checkpoints, memory }: Pick<Store, 'checkpoints' | 'memory'>,
  sessionId: string,
): Promise<Message[]> {
  const text = await checkpoints.load(sessionId)
  if (text === undefined) return []
  const { head } = readCheckpoint(text, sessionId)
  return new Transcript(sessionId, memory, () => head).all()
}
