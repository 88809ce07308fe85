/** An agent that never comes to an end with a message until its process is another one. */
import { defineAgent, defineNode, textOf, UserInput, z } from 'troupe'

const Said = z.object({ text: z.string() })

const stuck = {
  input: UserInput,
  emits: { said: Said },
  async run(
    event: { readonly data: z.infer<typeof UserInput> },
    runtime: { readonly attempt: number; emit(type: 'said', data: { text: string }): void },
  ): Promise<void> {
    if (runtime.attempt === 1) await new Promise(() => setInterval(() => {}, 1_000))
    runtime.emit('said', { text: `Did it again: ${textOf(event.data)}` })
  },
}

export default defineAgent({
  id: 'restorable',
  version: 1,
  nodes: {
    careful: defineNode({ ...stuck, onRestore: 'fail' }),
    asking: defineNode({ ...stuck, onRestore: 'ask' }),
    tireless: defineNode({ ...stuck, onRestore: 'rerun' }),
  },
  edges: [
    {
      from: 'input',
      on: 'user_input',
      to: 'careful',
      when: { name: 'is_careful', test: (data: z.infer<typeof UserInput>) => textOf(data).includes('careful') },
    },
    {
      from: 'input',
      on: 'user_input',
      to: 'asking',
      when: { name: 'is_asking', test: (data: z.infer<typeof UserInput>) => textOf(data).includes('ask') },
    },
    { from: 'input', on: 'user_input', to: 'tireless' },
    { from: 'careful', on: 'said', to: 'output' },
    { from: 'careful', on: 'error', to: 'output' },
    { from: 'asking', on: 'said', to: 'output' },
    { from: 'tireless', on: 'said', to: 'output' },
  ],
})
