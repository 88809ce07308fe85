import { describe, expect, test } from 'vitest'
import { citationNode } from '../../src/nodes/citation-node.ts'
import { citationsOf } from '../../src/nodes/citations.ts'
import { fakeRuntime } from '../../src/testing/fake-runtime.ts'

const documents = [
  { id: 'faq.md#1', source: 'faq.md', text: 'Ask.', heading: 'Help', score: 3 },
  { id: 'guide.pdf#4', source: 'guide.pdf', text: 'Five days.', page: 3, score: 2 },
  { id: 'guide.pdf#9', source: 'guide.pdf', text: 'Ten days.', page: 8, score: 1 },
]

describe('citationsOf', () => {
  test.each([
    ['Five days [guide.pdf, page 3].', [2]],
    ['Ten days [guide.pdf, page 8], ask [faq.md], ten [guide.pdf, page 8].', [3, 1]],
    ['Both [faq.md; guide.pdf, page 3].', [1, 2]],
    ['By number [3][1] and [1, 2].', [3, 1, 2]],
    ['五天【guide.pdf】。', [2]],
    ['Made up [other.md] [4] [0] [guide.pdf, page 7], [see below] faq.md', []],
    ['[[faq.md]](x)', [1]],
  ])('%s', (text, numbers) => {
    expect(citationsOf(text, documents).map(({ number }) => number)).toEqual(numbers)
  })

  test('says where it is from', () => {
    expect(citationsOf('[faq.md] [2]', documents)).toEqual([
      { number: 1, id: 'faq.md#1', source: 'faq.md', heading: 'Help' },
      { number: 2, id: 'guide.pdf#4', source: 'guide.pdf', page: 3 },
    ])
  })
})

describe('citationNode', () => {
  const window = { ids: [], prepend: [], text: '' }
  const usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0, calls: 0 }

  test('tells of an answer which documents of its turn it cites, and keeps nothing behind it', async () => {
    const runtime = fakeRuntime(citationNode())
    await runtime.handle({ window, documents }, { id: 's/0.1.4' })
    await runtime.handle({ text: 'Five [2].', window, usage }, { id: 's/0.1.9' })
    const citations = [{ number: 2, id: 'guide.pdf#4', source: 'guide.pdf', page: 3 }]
    expect(runtime.emitted).toEqual([{ type: 'answer_cited', data: { text: 'Five [2].', citations } }])
    expect(runtime.state).toEqual([])
  })

  test('documents of another turn are not cited', async () => {
    const runtime = fakeRuntime(citationNode())
    await runtime.handle({ window, documents }, { id: 's/0.1.4' })
    await runtime.handle({ text: 'Five [2].', window, usage }, { id: 's/0.2.9' })
    expect(runtime.dataOf('answer_cited')).toEqual([{ text: 'Five [2].', citations: [] }])
  })
})
