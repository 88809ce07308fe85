import { expect, test } from 'vitest'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'

async function resultOf(finishReason: string | undefined) {
  const model = scriptedModel([{ text: 'As far as it', ...(finishReason === undefined ? {} : { finishReason }) }])
  const services = { client: model.client, model: 'scripted' }
  const runtime = fakeRuntime(llmNode(), { messages: [{ role: 'user', content: 'go on' }], services })
  await runtime.handle({ window: runtime.window() })
  model.assertComplete()
  return runtime.dataOf('llm_result')[0]
}

test.each(['length', 'content_filter'])('a text cut off by %s says so', async (finishReason) => {
  expect(await resultOf(finishReason)).toMatchObject({ text: 'As far as it', finishReason })
})

test.each([undefined, 'stop', 'something_else'])('a text that ends with %s is whole', async (finishReason) => {
  expect(await resultOf(finishReason)).not.toHaveProperty('finishReason')
})
