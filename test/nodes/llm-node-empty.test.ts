import { describe, expect, test } from 'vitest'
import { llmNode } from '../../src/nodes/llm-node.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'
import type { Script } from '../../src/testing/script.ts'
import { scriptedModel } from '../../src/testing/scripted-model.ts'

const usage = { input: 1, output: 0 }

function talk(script: Script) {
  const model = scriptedModel(script)
  const services = { client: model.client, model: 'scripted' }
  const runtime = fakeRuntime(llmNode(), { messages: [{ role: 'user', content: 'hi' }], services })
  return { model, runtime, handle: () => runtime.handle({ window: runtime.window() }) }
}

describe('an empty answer', () => {
  test('is asked for once more, and both calls count', async () => {
    const { model, runtime, handle } = talk([
      { text: ' ', usage },
      { text: 'Hi', usage },
    ])
    await handle()
    expect(runtime.dataOf('llm_result')).toMatchObject([{ text: ' Hi', usage: { totalTokens: 2, calls: 2 } }])
    expect(runtime.usage).toMatchObject({ calls: 2 })
    model.assertComplete()
  })

  test('twice is an error', async () => {
    const { runtime, handle } = talk([{ usage }, { usage }])
    await expect(handle()).rejects.toMatchObject({
      name: 'EmptyAnswerError',
      code: 'empty_answer',
      message:
        "Node 'llm' got no answer: model 'scripted' gave neither text nor a tool call, twice. Try again, or use another model.",
    })
    expect(runtime.usage).toMatchObject({ calls: 2 })
    expect(runtime.messages).toHaveLength(1)
  })

  test.each([
    ['length', /met its token limit. Raise maxOutputTokens/],
    ['content_filter', /a content filter of the server withheld it/],
  ])('for the reason %s is an error at once', async (finishReason, message) => {
    const { model, handle } = talk([{ finishReason }])
    await expect(handle()).rejects.toThrow(message)
    expect(model.requests).toHaveLength(1)
  })
})
