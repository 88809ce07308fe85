import { defineNode, MessageWindow, z } from 'troupe'

/** A person at the desk: what they write becomes part of the conversation, as an answer. */
export const person = defineNode({
  kind: 'person',
  // The conversation that waits for them, or what they write.
  input: z.object({ window: MessageWindow.optional(), text: z.string().optional() }),
  emits: { person_answered: z.object({ text: z.string() }) },
  run(event, runtime) {
    const { text } = event.data
    if (text === undefined) return
    runtime.append({ role: 'assistant', content: text })
    runtime.emit('person_answered', { text })
  },
})
