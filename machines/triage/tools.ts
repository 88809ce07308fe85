import { defineTool, z } from 'troupe'

const invoices: Readonly<Record<string, { readonly euros: number; readonly paid: boolean }>> = {
  'R-100': { euros: 39, paid: true },
  'R-101': { euros: 44, paid: false },
}

/** Tells what an invoice says. */
export const lookupInvoice = defineTool({
  name: 'lookup_invoice',
  description: 'Tells the amount of an invoice, and whether it is paid.',
  parameters: z.object({ invoiceId: z.string().describe('Id of the invoice, such as R-100') }),
  idempotent: true,
  run({ invoiceId }) {
    // Models also write `invoice r-100`.
    const id = (/r-\d+/i.exec(invoiceId)?.[0] ?? invoiceId).toUpperCase()
    const invoice = Object.hasOwn(invoices, id) ? invoices[id] : undefined
    if (!invoice) throw new Error(`there is no invoice '${invoiceId}'; an id looks like R-100`)
    return `invoice ${id} is over ${invoice.euros} euros and is ${invoice.paid ? 'paid' : 'open'}.`
  },
})

/** Measures the customer's line. */
export const measureLine = defineTool({
  name: 'measure_line',
  description: 'Measures the line of the customer.',
  parameters: z.object({}),
  idempotent: true,
  run: () => 'the line is up: 48 Mbit/s down, 9 up, no errors in the last hour.',
})
