/** The store that `--store` names. */
import { TroupeError } from '../core/errors.ts'
import type { Store } from '../core/store.ts'
import { StoreOwnedError } from '../store/errors.ts'
import { openStore } from '../store/open-store.ts'
import { ownerOf } from './store-owner.ts'

/** A store that a command cannot use, in the words of the command line. */
export class StoreOptionError extends TroupeError {}

/**
 * Opens the store of a command; with `readOnly`, beside a process that owns it.
 * @throws StoreOptionError or StoreError that says what to do.
 */
export async function openStoreOf(url: string, { readOnly = false } = {}): Promise<Store> {
  if (!/^[a-z][a-z0-9+.-]*:/.test(url))
    throw new StoreOptionError('store_url', `'${url}' is no store. For a SQLite file write --store sqlite:${url}`)
  try {
    return await openStore(url, { readOnly })
  } catch (error) {
    if (!(error instanceof StoreOwnedError)) throw error
    const owner = ownerOf(error.file) ?? 'another process'
    throw new StoreOptionError(
      'store_owned',
      `${error.file} is in use by ${owner}. Stop that first; 'sessions ls', 'sessions show' and 'sessions export' work beside it.`,
      { cause: error },
    )
  }
}

/** The same for commands about sessions that were stored before. */
export function openStoredSessions(url: string, options?: { readonly readOnly: boolean }): Promise<Store> {
  if (url.startsWith('memory:'))
    throw new StoreOptionError(
      'store_url',
      `'${url}' ends with its process, so it has no sessions here. Give a store that lasts, such as sqlite:troupe.db`,
    )
  return openStoreOf(url, options)
}

/** A store's URL as it may stand on a screen. */
export function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^:@/]*):[^@/]*@/, '$1:***@')
}
