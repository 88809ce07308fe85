/** An agent whose payments need approval, small transfers apart; it knows of no guards and no signals. */
import { defineTool, z } from 'troupe'
import type { ScriptedModel } from 'troupe/testing'
import { toolLoop } from '../setup/tool-loop.ts'

/** What took effect. */
export type Done = string[]

/** Its tools; `done` is told of what they do. */
export function paymentTools(done: Done = []) {
  const pay = defineTool({
    name: 'pay',
    description: 'Pays a bill.',
    parameters: z.object({ bill: z.string(), amount: z.number().positive().default(10) }),
    needsApproval: true,
    run({ bill, amount }, { idempotencyKey }) {
      done.push(`pay ${bill} ${amount}`, idempotencyKey)
      return `${bill} is paid.`
    },
  })
  const transfer = defineTool({
    name: 'transfer',
    description: 'Moves money.',
    parameters: z.object({ amount: z.coerce.number() }),
    needsApproval({ amount }) {
      if (amount === 13) throw new Error('unlucky')
      return amount > 100
    },
    run({ amount }) {
      done.push(`transfer ${amount}`)
      return `${amount} moved.`
    },
  })
  const balance = defineTool({
    name: 'balance',
    description: 'Tells the balance.',
    parameters: z.object({}),
    run() {
      done.push('balance')
      return '500'
    },
  })
  return [pay, transfer, balance] as const
}

/** The agent in edge form. */
export function payments(done: Done = []) {
  const tools = paymentTools(done)
  return toolLoop('payments', tools)
}

/** A call of `pay`. */
export function payCall(id: string, bill = 'rent') {
  return { id, name: 'pay', args: { bill, amount: 20 } }
}

/** What the model was told of its calls, in the request of this number. */
export function told({ requests }: ScriptedModel, request: number): unknown[] {
  return requests[request]?.messages.filter(({ role }) => role === 'tool').map(({ content }) => content) ?? []
}
