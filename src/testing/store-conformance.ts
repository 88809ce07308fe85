/**
 * What every store must do, as cases for any test runner: a backend of your own passes them all.
 *
 * ```ts
 * for (const { name, run } of storeConformanceCases) test(name, () => run(() => openMyStore(folderOfThisTest)))
 * ```
 */
import { batchCases } from './store-batch-cases.ts'
import type { StoreConformanceCase } from './store-case.ts'
import { portCases } from './store-port-cases.ts'

export type { OpenStore, StoreConformanceCase } from './store-case.ts'

/** The cases. */
export const storeConformanceCases: readonly StoreConformanceCase[] = [...portCases, ...batchCases]
