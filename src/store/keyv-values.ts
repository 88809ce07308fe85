/**
 * Text values on a Keyv adapter, called without Keyv's own wrapper: that turns failed reads into missing values, failed
 * writes into `true`, and renames keys when anybody makes another Keyv on the same adapter.
 */
import { StoreError } from './errors.ts'

/** What a store needs of a Keyv adapter; every adapter of Keyv 5 fits, and so does a Map. */
export interface KeyvAdapter {
  get(key: string): unknown
  /** False means that it could not. */
  set(key: string, value: string): unknown
  delete(key: string): unknown
  getMany?(keys: string[]): Promise<unknown[]>
  setMany?(entries: { key: string; value: string }[]): Promise<unknown>
  deleteMany?(keys: string[]): Promise<unknown>
  disconnect?(): Promise<void>
  on?(event: 'error', listener: (error: unknown) => void): unknown
  namespace?: string | undefined
}

// Keys of one call: a thousand messages of 1 kB make a megabyte.
const chunkSize = 500
// Postgres has varchar(255).
const longestKey = 250

/** Reads and writes text values; a failure is always a rejection. */
export class KeyvValues {
  readonly #adapter: KeyvAdapter
  readonly #namespace: string | undefined

  constructor(adapter: KeyvAdapter) {
    if ((adapter as { opts?: { store?: unknown } }).opts?.store !== undefined) {
      throw new StoreError(
        'store_adapter',
        'keyvStore takes an adapter, such as new KeyvRedis(url), and was given a Keyv. Pass its adapter.',
      )
    }
    this.#adapter = adapter
    this.#namespace = this.#adapter.namespace
    if ('throwOnErrors' in adapter) adapter.throwOnErrors = true
    // An 'error' event without a listener ends the process; the calls themselves reject.
    this.#adapter.on?.('error', () => {})
  }

  async get(key: string): Promise<unknown> {
    this.#check(key)
    return (await this.#adapter.get(key)) ?? undefined
  }

  /** The values of these keys in their order. */
  async getMany(keys: readonly string[]): Promise<unknown[]> {
    for (const key of keys) this.#check(key)
    const adapter = this.#adapter
    const chunks = await Promise.all(
      chunksOf(keys).map(async (chunk) => {
        if (!adapter.getMany) return Promise.all(chunk.map((key) => this.get(key)))
        const values = await adapter.getMany(chunk)
        if (values.length !== chunk.length)
          throw new Error(`getMany gave ${values.length} values for ${chunk.length} keys`)
        return values.map((value) => value ?? undefined)
      }),
    )
    return chunks.flat()
  }

  async set(key: string, value: string): Promise<void> {
    this.#check(key)
    if ((await this.#adapter.set(key, value)) === false) throw new Error(`the adapter could not set ${key}`)
  }

  /** Sets values; all or none of a chunk of 500 where the adapter can do that. */
  async setMany(entries: readonly { readonly key: string; readonly value: string }[]): Promise<void> {
    for (const { key } of entries) this.#check(key)
    const adapter = this.#adapter
    for (const chunk of chunksOf(entries)) {
      if (adapter.setMany && chunk.length > 1) {
        const result = await adapter.setMany(chunk)
        if (result === false || (Array.isArray(result) && result.includes(false)))
          throw new Error('the adapter could not set all values')
      } else {
        await Promise.all(chunk.map(({ key, value }) => this.set(key, value)))
      }
    }
  }

  /** Deletes values; one that is not there is no fault. */
  async deleteMany(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#check(key)
    const adapter = this.#adapter
    for (const chunk of chunksOf(keys)) {
      if (adapter.deleteMany) await adapter.deleteMany(chunk)
      else await Promise.all(chunk.map((key) => adapter.delete(key)))
    }
  }

  async disconnect(): Promise<void> {
    await this.#adapter.disconnect?.()
  }

  #check(key: string): void {
    if (key.length > longestKey) {
      throw new StoreError(
        'store_key',
        `The key ${key} has ${key.length} characters; ${longestKey} are the most that every adapter takes. Use shorter ids.`,
      )
    }
    if (this.#adapter.namespace !== this.#namespace) {
      throw new StoreError(
        'store_adapter',
        `Another Keyv was made on the adapter of this store and changed its namespace from '${this.#namespace}' to '${this.#adapter.namespace}', so nothing stored can be found. Give each its own adapter.`,
      )
    }
  }
}

function chunksOf<T>(values: readonly T[]): T[][] {
  const chunks: T[][] = []
  for (let start = 0; start < values.length; start += chunkSize) chunks.push(values.slice(start, start + chunkSize))
  return chunks
}
