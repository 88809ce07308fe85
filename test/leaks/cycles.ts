/** Child process of session-cycles.test.ts: opens, uses and stops sessions, and prints what is left of them. */
import { z } from 'zod'
import { defineAgent, defineNode, openSession, textOf } from 'troupe'

const text = z.object({ text: z.string() })
const first = defineNode({
  input: z.string(),
  emits: { chunk: text, said: text },
  transient: ['chunk'],
  async run(event, runtime) {
    runtime.append({ role: 'user', content: event.data })
    for (const word of event.data.split(' ')) runtime.emit('chunk', { text: word })
    await Promise.resolve()
    runtime.signal.throwIfAborted()
    runtime.emit('said', { text: event.data })
  },
})
const second = defineNode({
  input: text,
  emits: { done: text },
  async loop(runtime) {
    for await (const event of runtime.input()) runtime.emit('done', { text: event.data.text })
  },
})
const stuck = defineNode({
  input: text,
  emits: { never: text },
  run: (_event, runtime) => new Promise<void>((resolve) => runtime.signal.addEventListener('abort', () => resolve())),
})
const agent = defineAgent({
  id: 'cycles',
  version: 1,
  nodes: { first, second, stuck },
  limits: { deadline: 60_000 },
  edges: [
    { from: 'input', on: 'user_input', to: 'first', map: textOf },
    { from: 'first', on: 'chunk', to: 'output' },
    {
      from: 'first',
      on: 'said',
      to: ['second', { node: 'stuck', when: { name: 'hangs', test: (data) => data.text === 'hang' } }],
    },
    { from: 'second', on: 'done', to: 'output' },
    { from: 'stuck', on: 'never', to: 'output' },
  ],
})

async function cycle(index: number): Promise<void> {
  const session = await openSession(agent, { id: `s${index}` })
  let chunks = 0
  for await (const event of session.send('hello there')) if (event.type === 'chunk') chunks++
  if (chunks !== 2) throw new Error(`cycle ${index} saw ${chunks} chunks`)
  // Every tenth session is stopped with a turn at work.
  const open = index % 10 === 0 ? session.send('hang') : undefined
  await session.stop()
  await open?.result.then(
    () => Promise.reject(new Error(`cycle ${index}: a stopped session gave a result`)),
    () => {},
  )
}

async function heap(): Promise<number> {
  for (let pass = 0; pass < 4; pass++) {
    await new Promise((resolve) => setImmediate(resolve))
    globalThis.gc?.()
  }
  return process.memoryUsage().heapUsed
}

const cycles = Number(process.argv[2])
const warmUp = cycles / 5
for (let index = 0; index < warmUp; index++) await cycle(index)
const before = await heap()
for (let index = 0; index < cycles; index++) await cycle(index)
const after = await heap()
const handles = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap')
console.log(JSON.stringify({ bytesPerCycle: (after - before) / cycles, handles }))
