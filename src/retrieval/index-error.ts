/** Errors of stored indexes. */
import { messageOf, TroupeError } from '../core/errors.ts'

/**
 * An index cannot do what was asked. Codes: `index_url` (the URL names none), `index_missing` (nothing was ingested yet),
 * `index_embedder` (it was made with other embeddings, or these cannot be had), `index_package` (an optional package is
 * missing), `index_busy` (another process writes), `index_data` (what is stored cannot be read), `index_failed` (the
 * database gave an error), `index_closed`.
 */
export class IndexError extends TroupeError {}

/** The error for an operation that the database refused. */
export function indexFailure(where: string, what: string, cause: unknown): IndexError {
  if (cause instanceof IndexError) return cause
  return new IndexError('index_failed', `The index in ${where} failed to ${what}: ${messageOf(cause)}`, { cause })
}

/** Imports an optional package, or says how to install it. */
export async function loadOptional<Module>(
  what: string,
  install: string,
  load: () => Promise<Module>,
): Promise<Module> {
  try {
    return await load()
  } catch (error) {
    const { code } = (error ?? {}) as { code?: unknown }
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error
    throw new IndexError('index_package', `${what} needs a package that is not installed: npm install ${install}`, {
      cause: error,
    })
  }
}

/** The error for an index that nothing was put into. */
export function missingIndex(where: string, name: string): IndexError {
  const hint = name === 'documents' ? ' Make it: troupe ingest FOLDER --index URL.' : ''
  return new IndexError('index_missing', `There is no index '${name}' in ${where} yet.${hint}`)
}
