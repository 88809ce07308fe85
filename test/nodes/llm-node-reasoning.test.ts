import { expect, test } from 'vitest'
import { modelClient } from '../../src/model/client.ts'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import { startModelServer } from '../../src/testing/model-server.ts'
import type { Script } from '../../src/testing/script.ts'

async function think(script: Script, reasoning: boolean, fallbacks: { model: string }[] = []) {
  const server = await startModelServer(script)
  const client = modelClient({ baseURL: server.baseURL, maxRetries: 0, environment: {} })
  const runtime = fakeRuntime(llmNode({ client, reasoning, fallbacks }))
  await runtime.handle({ window: runtime.window() })
  await server.close()
  return runtime
}

const chunk = (delta: object, end = false): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: end ? 'stop' : null }] })}\n\n`

test('what the model thinks leaves as transient events, and is not in the transcript', async () => {
  const runtime = await think([{ reasoning: ['2 + 2', ' is 4'], text: 'Four.' }], true)
  expect(runtime.transient).toEqual([
    { type: 'reasoning_chunk', data: { text: '2 + 2', attempt: 1 } },
    { type: 'reasoning_chunk', data: { text: ' is 4', attempt: 1 } },
    { type: 'llm_chunk', data: { text: 'Four.', attempt: 1 } },
    { type: 'llm_chunk', data: { text: '', attempt: 1, final: true } },
  ])
  expect(runtime.messages).toEqual([{ role: 'assistant', content: 'Four.' }])
})

test('it is read under the name that Ollama and OpenRouter give it', async () => {
  const raw = [chunk({ reasoning: 'Hm.' }), chunk({ content: 'Four.' }), chunk({}, true)]
  const runtime = await think([{ raw }], true)
  expect(runtime.dataOf('reasoning_chunk' as never)).toEqual([{ text: 'Hm.', attempt: 1 }])
})

test('without being asked for, it stays where it is', async () => {
  const runtime = await think([{ reasoning: 'Hm.', text: 'Four.' }], false)
  expect(runtime.transient.map(({ type }) => type)).toEqual(['llm_chunk', 'llm_chunk'])
})

test('it is void when another model begins anew', async () => {
  const runtime = await think([{ reasoning: 'Hm.', ending: 'cut' }, 'Four.'], true, [{ model: 'second' }])
  expect(runtime.transient.map(({ type }) => type)).toEqual([
    'reasoning_chunk',
    'reasoning_chunk_reset',
    'llm_chunk',
    'llm_chunk',
  ])
})
