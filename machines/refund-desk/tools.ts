import { defineTool, z, type Tool } from 'troupe'
import type { Ledger } from './ledger.ts'

interface Order {
  readonly item: string
  /** Euros. */
  readonly paid: number
}

const orders: Readonly<Record<string, Order>> = {
  'A-17': { item: 'headphones', paid: 80 },
  'B-23': { item: 'kettle', paid: 35 },
  'C-42': { item: 'desk lamp', paid: 59 },
}

const OrderId = z.string().describe('Id of the order, such as A-17')

/** The tools of a desk that keeps its refunds in this ledger. */
export function refundTools(ledger: Ledger) {
  const lookupOrder = defineTool({
    name: 'lookup_order',
    description: 'Tells what was ordered, paid and refunded so far.',
    parameters: z.object({ orderId: OrderId }),
    idempotent: true,
    run({ orderId }) {
      const [id, order] = findOrder(orderId)
      return { orderId: id, ...order, refunded: refundedOf(id) }
    },
  })

  const refund = defineTool({
    name: 'refund',
    description: 'Gives money of an order back. A person has to approve it first.',
    parameters: z.object({ orderId: OrderId, amount: z.number().positive().describe('Euros') }),
    // The key is that of the first run when a crash makes it run again, so the money leaves once.
    idempotent: true,
    run({ orderId, amount }, { idempotencyKey }) {
      const [id, { paid }] = findOrder(orderId)
      if (!ledger.find(idempotencyKey)) {
        const left = paid - refundedOf(id)
        if (amount > left) throw new Error(`only ${left} euros of order ${id} can be refunded`)
        ledger.record(idempotencyKey, { orderId: id, amount })
      }
      return `${amount} euros of order ${id} are refunded.`
    },
  })

  function refundedOf(id: string): number {
    return ledger.entries().reduce((sum, entry) => (entry.orderId === id ? sum + entry.amount : sum), 0)
  }

  return [lookupOrder, refund] as const satisfies readonly Tool[]
}

/** Models also write `order a-17`. */
function findOrder(text: string): readonly [id: string, order: Order] {
  const id = /[a-z]-\d+/i.exec(text)?.[0].toUpperCase() ?? text
  const order = Object.hasOwn(orders, id) ? orders[id] : undefined
  if (!order) throw new Error(`there is no order '${text}'; an id looks like A-17`)
  return [id, order]
}
