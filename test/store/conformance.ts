import { rm, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import type { Store } from '../../src/core/store.ts'
import { storeConformanceCases } from '../../src/testing/store-conformance.ts'

/** What a backend promises beyond what every one does. */
export interface Backend {
  /** Opens the store with the data that belongs to `key`; each test has its own. */
  open(key: string): Promise<Store>
  readonly durable: boolean
  readonly transactional: boolean
}

/** Tests a backend with all cases that apply to it. */
export function testConformance(name: string, backend: Backend): void {
  describe(name, () => {
    const cases = storeConformanceCases.filter(({ needs }) => needs === undefined || backend[needs])
    for (const [index, { name: title, run }] of cases.entries())
      test(title, () => run(() => backend.open(`case-${index}`)), 30_000)
  })
}

/** A new folder; `remove` deletes it. */
export async function temporaryFolder(): Promise<{ path(name: string): string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-store-'))
  return { path: (name) => join(folder, name), remove: () => rm(folder, { recursive: true }) }
}
