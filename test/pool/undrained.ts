/** Child process of process-end.test.ts: uses a pool and forgets to drain it. */
import { defineAgent, defineNode, SessionPool, textOf, z } from 'troupe'

const agent = defineAgent({
  id: 'echo',
  version: 1,
  nodes: {
    echo: defineNode({
      input: z.string(),
      emits: { said: z.object({ text: z.string() }) },
      run: (event, runtime) => runtime.emit('said', { text: event.data }),
    }),
  },
  edges: [
    { from: 'input', on: 'user_input', to: 'echo', map: textOf },
    { from: 'echo', on: 'said', to: 'output' },
  ],
})
const pool = new SessionPool({ agents: [agent] })
await pool.create('echo', { id: 'a' })
const turn = await pool.send('a', 'hello')
console.log((await turn.result).text)
