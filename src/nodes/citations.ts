/** What an answer cites of the documents that it was given. */
import { z } from 'zod'
import type { RetrievedDocument } from '../core/payloads.ts'

/** A document that an answer cites. */
export const Citation = z.object({
  /** Number under which the model saw it, from 1. */
  number: z.number(),
  id: z.string(),
  source: z.string(),
  heading: z.string().exactOptional(),
  page: z.number().exactOptional(),
})
export type Citation = z.infer<typeof Citation>

/** The name under which a model sees a document, and by which it cites it: `guide.pdf, page 3`. */
export function citedName({ source, page }: Pick<RetrievedDocument, 'source' | 'page'>): string {
  return page === undefined ? source : `${source}, page ${page}`
}

const brackets = /[[【]([^[\]【】\n]{1,400})[\]】]/g
const numbers = /^\d{1,3}(?:\s*[,;]\s*\d{1,3})*$/

/**
 * The documents that a text cites, in the order in which it does, each once: by name in square brackets
 * (`[guide.pdf, page 3]`, several divided by semicolons) or by number (`[1]`, `[1, 3]`). A source without its page is its
 * first document. What is in brackets and names none of them is no citation, so a made-up source is not in the list.
 */
export function citationsOf(
  text: string,
  documents: readonly Pick<RetrievedDocument, 'id' | 'source' | 'heading' | 'page'>[],
): Citation[] {
  const cited = new Set<number>()
  for (const [, content = ''] of text.matchAll(brackets)) {
    if (numbers.test(content)) {
      for (const number of content.split(/[,;]/).map(Number)) if (documents[number - 1]) cited.add(number)
      continue
    }
    for (const name of [content, ...content.split(';')].map((part) => part.trim())) {
      const exact = documents.findIndex((document) => citedName(document) === name)
      const place = exact >= 0 ? exact : documents.findIndex(({ source }) => source === name)
      if (place >= 0) cited.add(place + 1)
    }
  }
  return [...cited].map((number) => {
    const { id, source, heading, page } = documents[number - 1] as RetrievedDocument
    return {
      number,
      id,
      source,
      ...(heading === undefined ? {} : { heading }),
      ...(page === undefined ? {} : { page }),
    }
  })
}
