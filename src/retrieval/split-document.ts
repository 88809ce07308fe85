/** Splits documents into chunks: pieces that are found, and put before a model, as one. */
import type { Chunk } from './index-backend.ts'

/** How large chunks are. */
export interface ChunkSizes {
  /** The most tokens of a chunk, a whole number from 16. Default: 256. */
  readonly maxTokens?: number
  /**
   * The most tokens at the end of a chunk that are repeated at the beginning of the next one of the same section, in
   * whole sentences; less than `maxTokens`. Default: 32.
   */
  readonly overlapTokens?: number
}

/** A part of a document as it was read: a page of a PDF, or all of it. */
export interface DocumentPart {
  readonly text: string
  /** Whether lines with `#` are headings. */
  readonly markdown: boolean
  /** From 1. */
  readonly page?: number
}

interface Section {
  readonly heading: string
  readonly paragraphs: string[]
}

const headingLine = /^(#{1,6})\s+(\S.*?)\s*#*\s*$/
// A line that opens and closes at once is none.
const fenceLine = /^\s*(```|~~~)(?!.*\1)/

/**
 * Chunks of a document. A heading begins a new one and stands over all chunks of its section; within a section
 * paragraphs are put together as long as they fit, and one that is too long is cut between sentences, lines or words. No
 * chunk has more than `maxTokens` as `count` counts them.
 * @throws RangeError for sizes out of range.
 */
export function splitDocument(
  parts: readonly DocumentPart[],
  count: (text: string) => number,
  sizes: ChunkSizes = {},
): Chunk[] {
  const { maxTokens = 256, overlapTokens = 32 } = sizes
  if (!(Number.isInteger(maxTokens) && maxTokens >= 16))
    throw new RangeError(`maxTokens is ${maxTokens}, not a whole number from 16`)
  if (!(Number.isInteger(overlapTokens) && overlapTokens >= 0 && overlapTokens < maxTokens))
    throw new RangeError(`overlapTokens is ${overlapTokens}, not a whole number from 0 to under maxTokens`)
  return parts.flatMap(({ text, markdown, page }) =>
    sectionsOf(text, markdown).flatMap(({ heading, paragraphs }) =>
      packed(paragraphs, count, maxTokens, overlapTokens).map((chunk) => ({
        text: chunk,
        ...(heading === '' ? {} : { heading }),
        ...(page === undefined ? {} : { page }),
      })),
    ),
  )
}

function sectionsOf(text: string, markdown: boolean): Section[] {
  const sections: Section[] = []
  const path: string[] = []
  let section: Section = { heading: '', paragraphs: [] }
  let lines: string[] = []
  let fence: string | undefined
  const closeParagraph = (): void => {
    const paragraph = lines.join('\n').trim()
    if (paragraph !== '') section.paragraphs.push(paragraph)
    lines = []
  }
  const closeSection = (): void => {
    closeParagraph()
    // A heading with nothing below it is all that there is to find.
    if (section.paragraphs.length > 0) sections.push(section)
    else if (section.heading !== '' && !isAbove(section.heading, path))
      sections.push({ heading: section.heading, paragraphs: [section.heading.split(' › ').at(-1) as string] })
  }
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/)) {
    const mark = markdown ? fenceLine.exec(line)?.[1] : undefined
    if (mark !== undefined && (fence === undefined || fence === mark)) fence = fence === undefined ? mark : undefined
    const heading = markdown && fence === undefined ? headingLine.exec(line) : null
    if (heading) {
      const [, marks = '', title = ''] = heading
      const before = section
      path.length = Math.min(path.length, marks.length - 1)
      while (path.length < marks.length - 1) path.push('')
      path.push(title)
      section = before
      closeSection()
      section = { heading: path.filter((part) => part !== '').join(' › '), paragraphs: [] }
    } else if (fence === undefined && line.trim() === '') closeParagraph()
    else lines.push(line)
  }
  path.length = 0
  closeSection()
  return sections
}

/** Whether the heading's section goes on in the one that `path` leads to, which then names it. */
function isAbove(heading: string, path: readonly string[]): boolean {
  return path
    .filter((part) => part !== '')
    .join(' › ')
    .startsWith(`${heading} › `)
}

/** Puts paragraphs together as long as they fit. */
function packed(
  paragraphs: readonly string[],
  count: (text: string) => number,
  max: number,
  overlap: number,
): string[] {
  const chunks: string[] = []
  let current = ''
  for (const piece of paragraphs.flatMap((paragraph) => cut(paragraph, count, max))) {
    const joined = current === '' ? piece : `${current}\n\n${piece}`
    if (current === '' || count(joined) <= max) {
      current = joined
      continue
    }
    chunks.push(current)
    const repeated = tailOf(current, count, overlap)
    const continued = repeated === '' ? piece : `${repeated}\n\n${piece}`
    current = count(continued) <= max ? continued : piece
  }
  if (current !== '') chunks.push(current)
  return chunks
}

const sentenceEnds = /(?<=[.!?][)"'”’]?)\s+|(?<=[。！？])/u

/** A text in pieces of at most `max` tokens, cut at the best places that there are. */
function cut(text: string, count: (text: string) => number, max: number): string[] {
  if (count(text) <= max) return [text]
  for (const [places, glue] of [
    [/\n/, '\n'],
    [sentenceEnds, ' '],
    [/\s+/, ' '],
  ] as const) {
    const parts = text.split(places).filter((part) => part !== '')
    if (parts.length < 2) continue
    const pieces: string[] = []
    for (const part of parts.flatMap((part) => cut(part, count, max))) {
      const last = pieces.at(-1)
      const joined = last === undefined ? part : `${last}${/[。！？]$/u.test(last) ? '' : glue}${part}`
      if (last !== undefined && count(joined) <= max) pieces[pieces.length - 1] = joined
      else pieces.push(part)
    }
    return pieces
  }
  // One word: halves, never inside of a surrogate pair.
  const characters = Array.from(text)
  if (characters.length < 2) return [text]
  const middle = characters.length >> 1
  return [characters.slice(0, middle), characters.slice(middle)].flatMap((half) => cut(half.join(''), count, max))
}

/** The last sentences of a text, as many as have at most `max` tokens. */
function tailOf(text: string, count: (text: string) => number, max: number): string {
  let tail = ''
  const sentences = (text.split('\n\n').at(-1) as string).split(sentenceEnds)
  for (const sentence of sentences.reverse()) {
    const longer = tail === '' ? sentence : `${sentence} ${tail}`
    if (count(longer) > max) break
    tail = longer
  }
  return tail.trim()
}
