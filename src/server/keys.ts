/** API keys: each belongs to a tenant, who owns the sessions that are made with it. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { TroupeError } from '../core/errors.ts'

/** A key that clients send as `Authorization: Bearer <key>`. A tenant may have several. */
export interface ApiKey {
  /** Lower-case letters, digits, `_` and `-`; at most 32 characters. */
  readonly tenant: string
  /** At least 16 characters, without spaces. */
  readonly key: string
}

/** Keys that a server cannot work with. */
export class ApiKeyError extends TroupeError {
  constructor(reason: string) {
    super('api_keys', `The API keys cannot be used: ${reason}`)
  }
}

const tenantPattern = /^[a-z0-9][a-z0-9_-]{0,31}$/
const keyPattern = /^[!-~]{16,512}$/

/** Tells whose key it is, in a time that tells nothing of the keys. */
export class KeyRing {
  readonly #keys: readonly { readonly tenant: string; readonly hash: Buffer }[]

  /** @throws ApiKeyError for malformed keys and tenants, and for a key that two tenants have. */
  constructor(keys: readonly ApiKey[]) {
    const owners = new Map<string, string>()
    for (const { tenant, key } of keys) {
      if (!tenantPattern.test(tenant))
        throw new ApiKeyError(
          `'${tenant.slice(0, 40)}' is no tenant: use 1 to 32 lower-case letters, digits, '_' and '-', beginning with a letter or digit.`,
        )
      if (!keyPattern.test(key))
        throw new ApiKeyError(`the one of tenant '${tenant}' has to be 16 to 512 printable characters without spaces.`)
      const owner = owners.get(key)
      if (owner !== undefined && owner !== tenant)
        throw new ApiKeyError(`tenants '${owner}' and '${tenant}' have the same.`)
      owners.set(key, tenant)
    }
    this.#keys = keys.map(({ tenant, key }) => ({ tenant, hash: hashOf(key) }))
  }

  /** The tenant whose key it is; undefined when it is nobody's. */
  tenantOf(key: string): string | undefined {
    const hash = hashOf(key)
    let found: string | undefined
    // Hashes have one length, and each of them is compared: neither length nor place of a key shows in the time.
    for (const { tenant, hash: known } of this.#keys) if (timingSafeEqual(hash, known)) found = tenant
    return found
  }
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** The key of an `Authorization` header; undefined when it holds none. */
export function bearerOf(header: string | undefined): string | undefined {
  return /^Bearer +([!-~]+) *$/i.exec(header ?? '')?.[1]
}
