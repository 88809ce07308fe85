/** `folderIndex`: searches the Markdown and text files of a folder by keywords, with no service and no model. */
import { readFile, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { abortable } from '../core/abortable.ts'
import type { DocumentIndex } from './document-index.ts'
import { KeywordIndex } from './keyword-index.ts'
import { DocumentFolderError, isMissing, listDocuments } from './list-documents.ts'
import { splitParagraphs } from './paragraphs.ts'

interface Paragraph {
  readonly id: string
  readonly text: string
  readonly source: string
}

interface ReadFile {
  /** Differs when the file was changed. */
  readonly stamp: string
  readonly paragraphs: readonly Paragraph[]
}

interface Indexed {
  readonly paragraphs: readonly Paragraph[]
  readonly keywords: KeywordIndex
}

/**
 * An index over the `.md` and `.txt` files of a folder and of those below it; names that begin with a dot and
 * `node_modules` are left out. A paragraph is a document: its source is the file's path below the folder, its id that
 * path with `#` and the paragraph's number. Ranking is by keywords (BM25); 中文 is compared by pairs of characters.
 *
 * Nothing is read before the first search. Every search looks at the folder and reads anew what was changed, so files may
 * be edited, added and deleted while the agent runs.
 *
 * @param directory path of the folder, relative ones from the working directory, or a file URL such as
 *   `new URL('./documents/', import.meta.url)`.
 * A search rejects with DocumentFolderError when the folder or a file in it cannot be read.
 */
export function folderIndex(directory: string | URL): DocumentIndex {
  const folder = typeof directory === 'string' ? resolve(directory) : fileURLToPath(directory)
  let files = new Map<string, ReadFile>()
  let indexed: Indexed | undefined
  let running: Promise<Indexed> | undefined
  let following: Promise<Indexed> | undefined

  const refresh = async (): Promise<Indexed> => {
    const read = new Map<string, ReadFile>()
    for (const source of await listDocuments(folder, /\.(?:md|txt)$/i)) {
      const file = await readIfChanged(folder, source, files.get(source))
      if (file) read.set(source, file)
    }
    const same = indexed && read.size === files.size && [...read].every(([source, file]) => files.get(source) === file)
    files = read
    if (indexed && same) return indexed
    const paragraphs = [...read.values()].flatMap((file) => file.paragraphs)
    indexed = { paragraphs, keywords: new KeywordIndex(paragraphs.map((paragraph) => paragraph.text)) }
    return indexed
  }

  /** Searches at the same time share one look at the folder, which begins after each of them was asked for. */
  const look = (): Promise<Indexed> => {
    if (!running) {
      running = refresh().finally(() => {
        running = undefined
      })
      return running
    }
    following ??= running.then(
      () => ((following = undefined), look()),
      () => ((following = undefined), look()),
    )
    return following
  }

  return {
    async search(query, { limit, signal }) {
      signal?.throwIfAborted()
      const { paragraphs, keywords } = await abortable(look(), signal)
      return keywords.search(query, limit).map(({ index, score }) => ({ ...(paragraphs[index] as Paragraph), score }))
    },
  }
}

/** The file as it was read last when it did not change since; undefined when it was deleted meanwhile. */
async function readIfChanged(
  folder: string,
  source: string,
  known: ReadFile | undefined,
): Promise<ReadFile | undefined> {
  const path = join(folder, source)
  try {
    const { mtimeMs, size } = await stat(path)
    const stamp = `${mtimeMs} ${size}`
    if (known?.stamp === stamp) return known
    const texts = splitParagraphs(await readFile(path, 'utf8'))
    return { stamp, paragraphs: texts.map((text, index) => ({ id: `${source}#${index + 1}`, text, source })) }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw new DocumentFolderError(path, error)
  }
}
