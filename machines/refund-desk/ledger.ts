/** Where refunds are kept: a stand-in for a payment provider that takes idempotency keys. */

/** Money that went back to a customer. */
export interface Refund {
  readonly orderId: string
  readonly amount: number
}

/** Keeps refunds; one key never stands for two of them. */
export interface Ledger {
  /** The refund of a key; undefined when there is none. */
  find(key: string): Refund | undefined
  record(key: string, refund: Refund): void
  /** All refunds, in their order. */
  entries(): readonly Refund[]
}

/** A ledger that ends with the process. */
export function memoryLedger(): Ledger {
  const refunds = new Map<string, Refund>()
  return {
    find: (key) => refunds.get(key),
    record(key, refund) {
      if (!refunds.has(key)) refunds.set(key, refund)
    },
    entries: () => [...refunds.values()],
  }
}
