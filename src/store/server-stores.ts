/**
 * Stores on Redis and Postgres: Keyv's adapters, loaded only when they are used, with what it takes to make them fail
 * clearly: no queue of commands while the server is away (they would be carried out later, over newer ones), bounds on
 * connecting, and a first call that shows at once that the server answers.
 */
import { systemClock } from '../core/clock.ts'
import type { Store } from '../core/store.ts'
import { StoreError, StoreTimeoutError, StoreUrlError, backendError } from './errors.ts'
import { keyvStore, type KeyvAdapter, type KeyvStoreOptions } from './keyv-store.ts'
import { SessionQueue } from './session-queue.ts'

const defaultTimeout = 5_000

/** Options of stores on servers. */
export type ServerStoreOptions = Omit<KeyvStoreOptions, 'adapter' | 'disconnect'>

/** Opens a store on a Redis server, by its URL. */
export async function redisStore(url: string, options: ServerStoreOptions): Promise<Store> {
  const { default: KeyvRedis } = await load('@keyv/redis', () => import('@keyv/redis'))
  let connected = false
  const reconnectStrategy = (attempts: number, cause: Error): number | Error =>
    // A server that never answered is a wrong URL; one that did comes back.
    connected ? Math.min(50 * 2 ** attempts, 1_000) : cause
  const adapter = new KeyvRedis(
    {
      url,
      disableOfflineQueue: true,
      socket: { connectTimeout: options.timeout ?? defaultTimeout, reconnectStrategy },
    },
    { throwOnErrors: true, throwOnConnectError: true },
  )
  // A graceful close waits for a server that may be away for good; nothing is under way any more.
  const disconnect = (): Promise<void> => adapter.disconnect(true)
  let refusal: unknown
  adapter.on('error', (error: unknown) => (refusal = error))
  const store = keyvStore({ ...options, adapter, disconnect })
  return reached(url, store, options, async () => {
    try {
      await adapter.getClient()
    } catch (error) {
      // The adapter's own error does not say why.
      throw refusal ?? error
    }
    connected = true
  })
}

interface SharedPool {
  readonly adapter: KeyvAdapter & { disconnect(): Promise<void> }
  readonly url: string
  users: number
  /** Why the table could not be made. */
  failure?: unknown
}

// The adapter keeps one pool of connections in its module: for one URL, ended by whoever disconnects first.
let shared: SharedPool | undefined

/** Opens a store on a Postgres server, by its URL. Values are in a table `keyv`, which is made when it is not there. */
export async function postgresStore(url: string, options: ServerStoreOptions): Promise<Store> {
  const { KeyvPostgres } = await load('@keyv/postgres', () => import('@keyv/postgres'))
  if (shared && shared.url !== url) {
    throw new StoreUrlError(
      new URL(url).host,
      `this process has a store on ${new URL(shared.url).host} open, and the adapter for Postgres has connections to one database at a time. Close that one first`,
    )
  }
  if (!shared) {
    const timeout = options.timeout ?? defaultTimeout
    const connections = {
      uri: url,
      connectionTimeoutMillis: timeout,
      // Ended by the server: a query that only the client gives up may be carried out later, over a newer one.
      statement_timeout: timeout,
      onConnect: containErrors,
    }
    const adapter = new KeyvPostgres(connections)
    const made: SharedPool = { adapter, url, users: 0 }
    // The table is made in the background. When that fails (a server that is starting up answers so), the first call
    // may only find that it is not there.
    adapter.on('error', (error) => (made.failure ??= error))
    shared = made
  }
  const pool = shared
  pool.users++
  const disconnect = async (): Promise<void> => {
    if (--pool.users > 0) return
    shared = undefined
    await pool.adapter.disconnect()
  }
  return reached(url, keyvStore({ ...options, adapter: pool.adapter, disconnect }), options, async () => {
    try {
      await pool.adapter.get('-')
    } catch (error) {
      throw pool.failure ?? error
    }
  })
}

/** When an idle connection breaks, the pool emits an error that nobody can listen for, which would end the process. */
function containErrors(client: { emit(type: string, ...values: unknown[]): boolean }): void {
  const emit = client.emit.bind(client)
  client.emit = (type, ...values) => {
    try {
      return emit(type, ...values)
    } catch (error) {
      // By now the pool has dropped the connection; the next call makes another.
      if (type === 'error') return true
      throw error
    }
  }
}

/** Makes sure that the server answers; else releases what was opened. */
async function reached(
  url: string,
  store: Store,
  { timeout = defaultTimeout, clock = systemClock }: ServerStoreOptions,
  connect: () => Promise<void>,
): Promise<Store> {
  const { protocol, host } = new URL(url)
  const what = `reach ${protocol}//${host}`
  try {
    await new SessionQueue(clock, timeout).bounded(what, connect())
    await store.checkpoints.load('-')
    return store
  } catch (error) {
    await store.close().catch(() => {})
    if (error instanceof StoreTimeoutError) throw new StoreTimeoutError(what, timeout, { cause: error })
    throw backendError(what, error instanceof StoreError ? (error.cause ?? error) : error)
  }
}

async function load<Module>(name: string, importModule: () => Promise<Module>): Promise<Module> {
  try {
    return await importModule()
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new StoreError('store_package', `This store needs the package ${name}. Install it: npm install ${name}`, {
      cause: error,
    })
  }
}
