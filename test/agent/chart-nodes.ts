/** Nodes for charts whose states are tested through a live session. */
import { defineNode, z, type Session } from 'troupe'

/** Takes a word and emits it as `said`, for the client; `wait` it keeps for itself. */
export const speaker = defineNode({
  input: z.string(),
  emits: { said: z.object({ text: z.string() }) },
  run(event, runtime) {
    if (event.data !== 'wait') runtime.emit('said', { text: event.data })
  },
})

/** The state of a live chart. */
export async function stateOf(session: Session): Promise<unknown> {
  return ((await session.snapshot()).snapshot as unknown as { value: unknown }).value
}
