/** Answers from documents that stand in the messages, by quoting the sentence that fits best. */
import { lastUserText, type OfflineRequest } from './request.ts'
import { countShared, wordsOf } from './words.ts'

interface Sentence {
  readonly text: string
  readonly source: string
}

const headings = [
  /^(?:\d+[.)]\s*)?\[([^\]\n]+)\]\s*/,
  /^(?:source|file|来源)\s*[:：]\s*(\S.*)$/i,
  /^<document\b[^>]*\b(?:source|name|title)="([^"]+)"[^>]*>/i,
]

/** Quotes the sentence of the documents that fits the last question best; undefined when there is none that fits. */
export function quoteDocuments(request: OfflineRequest): string | undefined {
  const question = wordsOf(lastUserText(request))
  let best: Sentence | undefined
  let bestScore = 0
  for (const { role, text } of request.messages) {
    if (role !== 'system' && role !== 'developer') continue
    for (const sentence of sentencesOf(text)) {
      const score = countShared(question, wordsOf(sentence.text))
      if (score <= bestScore) continue
      best = sentence
      bestScore = score
    }
  }
  return best && `The documents say: "${best.text}" [${best.source}]`
}

/** The sentences that stand under the name of a source; a paragraph's lines belong together. */
function sentencesOf(text: string): Sentence[] {
  const sentences: Sentence[] = []
  let source: string | undefined
  let paragraph = ''
  const endParagraph = (): void => {
    for (const [sentence] of paragraph.matchAll(/[^\s].*?(?:[.!?](?=\s|$)|[。！？]|$)/g)) {
      if (source !== undefined) sentences.push({ text: sentence, source })
    }
    paragraph = ''
  }
  for (const line of text.split('\n')) {
    const trimmed = line.trim()
    const heading = headings.map((pattern) => pattern.exec(trimmed)).find((match) => match !== null)
    // Titles name what follows, they say nothing themselves.
    const isTitle = trimmed.startsWith('#') || trimmed.startsWith('</')
    if (heading || isTitle || trimmed === '' || /^[-*•]\s/.test(trimmed)) endParagraph()
    if (heading) source = heading[1]?.trim()
    if (!isTitle) paragraph += ` ${heading ? trimmed.slice(heading[0].length) : trimmed}`
  }
  endParagraph()
  return sentences
}
