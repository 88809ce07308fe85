/** Finds the documents of a folder. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf, TroupeError } from '../core/errors.ts'

/** The folder of documents, or a file in it, cannot be read. */
export class DocumentFolderError extends TroupeError {
  constructor(path: string, cause: unknown) {
    const code = (cause as { code?: unknown } | null)?.code
    const reason =
      code === 'ENOENT'
        ? 'it does not exist. Create it, or give the path of the folder that holds your documents.'
        : code === 'ENOTDIR'
          ? 'it is no folder. Give the folder that holds your documents.'
          : `${messageOf(cause)}.`
    super('document_folder', `Cannot read documents from '${path}': ${reason}`, { cause })
  }
}

/**
 * Paths of the documents in a folder and below it, relative to the folder and with `/`, in order. Names that begin with a
 * dot, `node_modules` and symbolic links are left out.
 */
export async function listDocuments(folder: string, ending: RegExp): Promise<string[]> {
  return (await listBelow(folder, '', ending)).sort()
}

async function listBelow(folder: string, below: string, ending: RegExp): Promise<string[]> {
  const path = join(folder, below)
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    // A folder below may be deleted while it is looked at.
    if (below !== '' && isMissing(error)) return []
    throw new DocumentFolderError(path, error)
  })
  const found: string[] = []
  for (const entry of entries) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
    const source = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) found.push(...(await listBelow(folder, source, ending)))
    else if (entry.isFile() && ending.test(entry.name)) found.push(source)
  }
  return found
}

/** Whether an error says that a file is not there. */
export function isMissing(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ENOENT'
}
