import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { loadTextCounter } from '../../src/model/count-tokens.ts'
import { splitDocument } from '../../src/retrieval/split-document.ts'

// The tokenizer and the parsers take seconds to load where other tests run beside.
vi.setConfig({ testTimeout: 30_000 })

const words = (text: string): number => text.split(/\s+/).filter(Boolean).length
const markdown = (text: string) => [{ text, markdown: true }]

describe('splitDocument', () => {
  test('a heading begins a chunk, and all headings above stand over it', () => {
    const text =
      '# Guide\n\nHello.\n\n## Refunds\n\nFive days.\n\nIn money.\n\n### Abroad\n\nTen days.\n\n## Shipping\n\nMondays.'
    expect(splitDocument(markdown(text), words)).toEqual([
      { heading: 'Guide', text: 'Hello.' },
      { heading: 'Guide › Refunds', text: 'Five days.\n\nIn money.' },
      { heading: 'Guide › Refunds › Abroad', text: 'Ten days.' },
      { heading: 'Guide › Shipping', text: 'Mondays.' },
    ])
  })

  test('a heading with nothing below it is a chunk, one with headings below it is not', () => {
    expect(splitDocument(markdown('# Guide\n\n## To do\n\n## Done\n\nAll.'), words)).toEqual([
      { heading: 'Guide › To do', text: 'To do' },
      { heading: 'Guide › Done', text: 'All.' },
    ])
  })

  test('`#` in a fenced block, or in a text that is no Markdown, is no heading', () => {
    const text = '```sh\n# install\n\nnpm ci\n```'
    expect(splitDocument(markdown(text), words)).toEqual([{ text }])
    expect(splitDocument([{ text: '# not a heading', markdown: false, page: 3 }], words)).toEqual([
      { text: '# not a heading', page: 3 },
    ])
  })

  test('paragraphs are put together while they fit, and the last sentence is repeated in the next chunk', () => {
    const paragraph = (name: string) => `${name} one two three four. ${name} five six.`
    const chunks = splitDocument(markdown(['A', 'B', 'C'].map(paragraph).join('\n\n')), words, {
      maxTokens: 16,
      overlapTokens: 4,
    })
    expect(chunks.map(({ text }) => text)).toEqual([
      'A one two three four. A five six.\n\nB one two three four. B five six.',
      'B five six.\n\nC one two three four. C five six.',
    ])
  })

  test('no chunk is over the limit by the real tokenizer, and no text is lost, whatever the text', async () => {
    const count = await loadTextCounter()
    const piece = fc.oneof(
      fc.lorem({ maxCount: 60 }),
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc.constantFrom('# Title', '\n\n', '```', '退款需要五天。商品在七天内可以退回。'.repeat(6), 'a'.repeat(300)),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.integer({ min: 16, max: 64 }), (pieces, maxTokens) => {
        const text = pieces.join('\n')
        const chunks = splitDocument([{ text, markdown: false }], count, { maxTokens, overlapTokens: 8 })
        for (const chunk of chunks) expect(count(chunk.text)).toBeLessThanOrEqual(maxTokens)
        const kept = chunks.map((chunk) => chunk.text).join('')
        for (const character of new Set(text.replace(/\s/g, '').replace(/^\uFEFF/, '')))
          expect(kept).toContain(character)
      }),
      { numRuns: 60 },
    )
  })

  test.each([{ maxTokens: 15 }, { maxTokens: 20.5 }, { overlapTokens: -1 }, { maxTokens: 32, overlapTokens: 32 }])(
    '%o is refused',
    (sizes) => {
      expect(() => splitDocument([], words, sizes)).toThrow(RangeError)
    },
  )
})
