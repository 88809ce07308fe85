/** Child process of nothing-left.test.ts: ends sessions in every way, and prints what is left of them. */
import OpenAI from 'openai'
import { z } from 'zod'
import { defineAgent, defineNode, llmNode, memoryNode, openSession, setupAgent, textOf } from 'troupe'
import { hold, startModelServer } from 'troupe/testing'
import { testStore } from '../setup/test-store.ts'

const stuck = hold()
const server = await startModelServer([{ text: ['Once ', stuck, 'upon'] }])
const chat = defineAgent({
  id: 'chat',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode() },
  limits: { deadline: 60_000 },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})
const client = new OpenAI({ apiKey: 'none', baseURL: server.baseURL, maxRetries: 0, logLevel: 'off' })
const asking = await openSession(chat, { client, model: 'scripted', store: testStore() })
asking.send('hello')
asking.send('queued')
await stuck.reached
await asking.stop()

const waiter = defineNode({
  input: z.string(),
  emits: { done: z.object({ text: z.string() }) },
  async loop(runtime) {
    for await (const event of runtime.input()) runtime.emit('done', { text: event.data })
  },
})
const chart = setupAgent({
  id: 'patient',
  version: 1,
  nodes: { waiter },
  inputs: { end: z.null() },
  delays: { hour: 3_600_000 },
})
const patient = chart.createAgent({
  initial: 'waiting',
  states: {
    waiting: {
      on: { 'input.user_input': { actions: chart.deliver('waiter', textOf) }, 'input.end': 'over' },
      after: { hour: 'over' },
    },
    over: { type: 'final' },
  },
})
const stopped = await openSession(patient as never)
await stopped.send('hello').result
await stopped.stop()
const ended = await openSession(patient as never)
await ended.send('hello').result
await (
  await ended.signal('end')
).result
await ended.stop()
const failing = testStore()
const failed = await openSession(patient as never, { store: failing })
failing.failAfter(0, new Error('disk full'))
await failed.send('hello').result.catch(() => {})
await failed.stop()

await server.idle()
await server.close()
// Sockets close in turns of the event loop of their own.
for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
console.log(JSON.stringify(process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap')))
