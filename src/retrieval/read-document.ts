/** Reads documents of the kinds that people have: Markdown, text, HTML, PDF. Parsers are loaded when they are needed. */
import { extname } from 'node:path'
import type { DocumentPart } from './split-document.ts'

/** The names of documents, by how they end. */
export const documentEnding = /\.(?:md|markdown|txt|html?|pdf)$/i

/** The parts of a document, by the kind that its name says. Rejects when it cannot be parsed. */
export async function readDocument(name: string, bytes: Uint8Array): Promise<DocumentPart[]> {
  switch (extname(name).toLowerCase()) {
    case '.pdf':
      return readPdf(bytes)
    case '.html':
    case '.htm':
      return [{ text: await readHtml(decode(bytes)), markdown: true }]
    case '.txt':
      return [{ text: decode(bytes), markdown: false }]
    default:
      return [{ text: decode(bytes).replace(/^\uFEFF?---\r?\n[\s\S]*?\r?\n---\r?\n/, ''), markdown: true }]
  }
}

/** Text in UTF-8, or in UTF-16 where it begins with its mark. */
function decode(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  const text = new TextDecoder(encoding).decode(bytes)
  if (text.includes('\0')) throw new Error('it is no text')
  return text
}

async function readPdf(bytes: Uint8Array): Promise<DocumentPart[]> {
  const { extractText, getDocumentProxy } = await import('unpdf')
  // It takes the bytes for itself.
  const document = await getDocumentProxy(Uint8Array.from(bytes), { verbosity: 0 })
  try {
    const { text } = await extractText(document, { mergePages: false })
    return text.map((page, index) => ({ text: page, markdown: false, page: index + 1 }))
  } finally {
    await document.loadingTask.destroy()
  }
}

async function readHtml(html: string): Promise<string> {
  const { convert } = await import('html-to-text')
  const heading = (level: number) => ({ selector: `h${level}`, format: 'markdownHeading', options: { level } })
  return convert(html, {
    wordwrap: false,
    formatters: {
      markdownHeading(element, walk, builder, { level }) {
        builder.openBlock({ leadingLineBreaks: 2 })
        builder.addInline(`${'#'.repeat(level as number)} `, { noWordTransform: true })
        walk(element.children, builder)
        builder.closeBlock({ trailingLineBreaks: 2 })
      },
    },
    selectors: [
      ...[1, 2, 3, 4, 5, 6].map(heading),
      { selector: 'a', options: { ignoreHref: true } },
      ...['img', 'script', 'style', 'nav', 'head', 'noscript'].map((selector) => ({ selector, format: 'skip' })),
      { selector: 'table', format: 'dataTable' },
    ],
  })
}
