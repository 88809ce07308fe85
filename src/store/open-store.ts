/** `openStore`: a store by its URL. */
import type { Clock } from '../core/clock.ts'
import type { Store } from '../core/store.ts'
import { StoreUrlError } from './errors.ts'
import { memoryStore, type StoreLimits } from './memory-store.ts'
import { postgresStore, redisStore } from './server-stores.ts'
import { sqliteStore } from './sqlite/sqlite-store.ts'

/** Options of {@link openStore}. */
export interface OpenStoreOptions extends StoreLimits {
  /** Only reads: for a look at what another process has open. SQLite only; the others take no lock anyway. Default: false. */
  readonly readOnly?: boolean
  /** Redis and Postgres: bound of each call in milliseconds. Default: 5,000. */
  readonly timeout?: number
  /** Redis and Postgres: what all keys begin with. Default: `troupe`. */
  readonly namespace?: string
  /** Default: the machine's clock. */
  readonly clock?: Clock
}

/**
 * Opens a store:
 * - `memory:` ends with the process;
 * - `sqlite:troupe.db`, `sqlite:/var/lib/troupe.db?fsync=full` is a file, owned by one process at a time;
 * - `redis://…` needs `npm install @keyv/redis`, `postgres://…` needs `npm install @keyv/postgres`; one process at a time
 *   may use the data, which these cannot check.
 * @throws StoreUrlError for anything else, StoreOwnedError when another process has the file, StoreError with code
 * `store_package` when a package is missing, StoreTimeoutError when the server does not answer.
 */
export async function openStore(url: string, options: OpenStoreOptions = {}): Promise<Store> {
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(url)?.[1]
  switch (scheme) {
    case 'memory':
      if (url !== 'memory:') throw new StoreUrlError(url, 'memory: takes nothing more')
      return memoryStore(options)
    case 'sqlite':
      return sqliteStore({ ...options, ...sqliteUrl(url) })
    case 'redis':
    case 'rediss':
      return redisStore(serverUrl(url), options)
    case 'postgres':
    case 'postgresql':
      return postgresStore(serverUrl(url), options)
    case undefined:
      throw new StoreUrlError(url, 'it begins with no scheme')
    default:
      throw new StoreUrlError(hidePassword(url), `there is no scheme '${scheme}:'`)
  }
}

function sqliteUrl(url: string): { readonly file: string; readonly fsync: 'normal' | 'full' } {
  const [path = '', query = ''] = url.slice('sqlite:'.length).split('?', 2)
  if (path.startsWith('//'))
    throw new StoreUrlError(url, 'a file has no host; write sqlite:FILE or sqlite:/FOLDER/FILE')
  if (path === '' || path.endsWith('/')) throw new StoreUrlError(url, 'it names no file')
  if (path === ':memory:') throw new StoreUrlError(url, 'for a store in memory write memory:')
  let fsync: 'normal' | 'full' = 'normal'
  for (const [name, value] of new URLSearchParams(query)) {
    if (name !== 'fsync') throw new StoreUrlError(url, `there is no option '${name}', only fsync`)
    if (value !== 'normal' && value !== 'full') throw new StoreUrlError(url, `fsync is normal or full`)
    fsync = value
  }
  return { file: path, fsync }
}

function serverUrl(url: string): string {
  if (!URL.canParse(url) || new URL(url).host === '') throw new StoreUrlError(hidePassword(url), 'it names no host')
  return url
}

/** A URL as it may stand in a message. */
function hidePassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//***@')
}
