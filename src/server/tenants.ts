/** Whose sessions somebody sees, by the key that they show. */
import { KeyRing, type ApiKey } from './keys.ts'
import { Namespace } from './namespace.ts'

/** See the top of this file. */
export class Tenants {
  readonly #ring: KeyRing
  readonly #namespaces: ReadonlyMap<string, Namespace>

  /** @throws ApiKeyError */
  constructor(keys: readonly ApiKey[]) {
    this.#ring = new KeyRing(keys)
    this.#namespaces = new Map(keys.map(({ tenant }) => [tenant, new Namespace(tenant)]))
  }

  /** The sessions of the key's tenant; undefined when it is nobody's key. */
  namespaceOf(key: string | undefined): Namespace | undefined {
    const tenant = key === undefined ? undefined : this.#ring.tenantOf(key)
    return tenant === undefined ? undefined : this.#namespaces.get(tenant)
  }
}
