import { describe, expect, test } from 'vitest'
import { ttsNode } from '../../src/nodes/tts-node.ts'
import { fakeRuntime, type FakeEvent } from '../../src/testing/fake-runtime.ts'

function speech() {
  const runtime = fakeRuntime(ttsNode({ voice: null }))
  const hear = (type: string, data: object, event: FakeEvent = {}) =>
    runtime.handle(data as never, { type, from: 'llm', transient: true, ...event })
  return {
    runtime,
    chunk: (text: string, attempt = 1, event: FakeEvent = {}) => hear('llm_chunk', { text, attempt }, event),
    final: (attempt = 1, event: FakeEvent = {}) => hear('llm_chunk', { text: '', attempt, final: true }, event),
    reset: (attempt: number) => hear('llm_chunk_reset', { attempt }),
    spoken: () => runtime.dataOf('sentence_ready').map(({ text, index, attempt }) => `${attempt}/${index} ${text}`),
  }
}

describe('ttsNode', () => {
  test('announces each sentence as soon as it is complete, and the rest with the final chunk', async () => {
    const { runtime, chunk, final, spoken } = speech()
    for (const text of ['Pi is 3.', '14. It', ' is irra', 'tional! Ye']) await chunk(text)
    expect(spoken()).toEqual(['1/0 Pi is 3.14.', '1/1 It is irrational!'])
    await final()
    expect(spoken().slice(2)).toEqual(['1/2 Ye'])
    expect(runtime.emitted).toEqual([])
    expect(runtime.transient.map(({ type }) => type)).toEqual(['sentence_ready', 'sentence_ready', 'sentence_ready'])
  })

  test('leaves out what cannot be spoken', async () => {
    const { chunk, final, spoken } = speech()
    await chunk('Look:\n---\n```\n...\n中文。')
    await final()
    expect(spoken()).toEqual(['1/0 Look:', '1/1 中文。'])
  })

  test('goes on counting with the next answer of the turn, and anew with the next turn', async () => {
    const { chunk, final, spoken } = speech()
    await chunk('I look it up.', 1, { id: 's/0.1.1' })
    await final(1, { id: 's/0.1.2' })
    await chunk('Found.', 1, { id: 's/0.1.3' })
    await final(1, { id: 's/0.1.4' })
    await chunk('Cancelled half', 1, { id: 's/0.2.1' })
    await chunk('Hello.', 1, { id: 's/0.3.1' })
    await final(1, { id: 's/0.3.2' })
    expect(spoken()).toEqual(['1/0 I look it up.', '1/1 Found.', '1/0 Hello.'])
  })

  test('drops what a repeated answer had begun, and uses its indexes again', async () => {
    const { chunk, final, reset, spoken } = speech()
    await chunk('First answer.')
    await final()
    await chunk('One. Two. Thr')
    await reset(2)
    await chunk('Eins. Zwei.', 2)
    await final(2)
    expect(spoken()).toEqual(['1/0 First answer.', '1/1 One.', '1/2 Two.', '2/1 Eins.', '2/2 Zwei.'])
  })

  test('takes an answer that is repeated after its final chunk for the same answer', async () => {
    const { chunk, final, reset, spoken } = speech()
    await chunk('One.')
    await final()
    await reset(2)
    await chunk('Eins.', 2)
    await final(2)
    await chunk('Next.')
    await final()
    expect(spoken()).toEqual(['1/0 One.', '2/0 Eins.', '1/1 Next.'])
  })

  test('works in the background and takes resets', () => {
    expect(ttsNode()).toMatchObject({ background: true, takesResets: true, givesWay: true })
  })

  test('sentences with what leads them make up the answer', async () => {
    const { runtime, chunk, final } = speech()
    const answer = '\n# Title\n\n---\nOne.  Two,\nthree. \n```\nFour'
    for (const text of answer.match(/.{1,3}/gs) ?? []) await chunk(text)
    await final()
    expect(runtime.dataOf('sentence_ready').map(({ lead = '', text }) => lead + text)).toEqual([
      '\n# Title',
      '\n\n---\nOne.',
      '  Two,',
      '\nthree.',
      ' \n```\nFour',
    ])
    // Without a voice that is all that comes of them.
    expect(runtime.dataOf('sentence_ready').every(({ silent }) => silent)).toBe(true)
  })
})
