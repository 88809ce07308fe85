import { describe, expect, test, vi } from 'vitest'
import { readDocument } from '../../src/retrieval/read-document.ts'
import { makePdf } from './make-pdf.ts'

// The tokenizer and the parsers take seconds to load where other tests run beside.
vi.setConfig({ testTimeout: 30_000 })

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('readDocument', () => {
  test('a PDF has its pages with their numbers', async () => {
    const parts = await readDocument('guide.PDF', makePdf(['Refunds take five days.', 'Parcels leave on Mondays.']))
    expect(parts).toEqual([
      { text: 'Refunds take five days.', markdown: false, page: 1 },
      { text: 'Parcels leave on Mondays.', markdown: false, page: 2 },
    ])
  })

  test('HTML keeps its headings and loses scripts, styles and menus', async () => {
    const html =
      '<html><head><title>T</title><style>p{}</style></head><body><nav>Menu</nav><h1>Guide</h1>' +
      '<script>alert(1)</script><h2>Refunds &amp; more</h2><p>Five <a href="x">days</a>.</p><ul><li>One</li></ul></body></html>'
    const [part] = await readDocument('a.html', bytes(html))
    expect(part?.text.split(/\n+/)).toEqual(['# Guide', '## Refunds & more', 'Five days.', ' * One'])
    expect(part?.markdown).toBe(true)
  })

  test('Markdown loses its front matter, text stays as it is', async () => {
    const text = '---\ntitle: x\n---\n# Guide\n'
    expect(await readDocument('a.md', bytes(text))).toEqual([{ text: '# Guide\n', markdown: true }])
    expect(await readDocument('a.txt', bytes(text))).toEqual([{ text, markdown: false }])
  })

  test('text in UTF-16 is read by its mark', async () => {
    const file = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('退款', 'utf16le')])
    expect(await readDocument('a.txt', file)).toEqual([{ text: '退款', markdown: false }])
  })

  test.each([
    ['a.pdf', 'no PDF'],
    ['a.txt', 'binary \0 data'],
  ])('%s that is none is refused', async (name, content) => {
    await expect(readDocument(name, bytes(content))).rejects.toThrow()
  })
})
