/** A session of the refund desk with a scripted model, and a ledger that tells what took effect. */
import { openSession, type Clock, type Session, type Store, type TurnResult } from 'troupe'
import { scriptedModel, type Script, type ScriptedModel } from 'troupe/testing'
import { refundDesk } from '../../machines/refund-desk/agent.ts'
import { memoryLedger, type Ledger } from '../../machines/refund-desk/ledger.ts'

export interface Desk extends AsyncDisposable {
  readonly session: Session
  readonly model: ScriptedModel
  readonly ledger: Ledger
}

export interface DeskOptions {
  readonly ledger?: Ledger
  readonly clock?: Clock
  readonly store?: Store
}

/** Opens the session `desk`; it stops at the end of the block that declares it with `await using`. */
export async function openDesk(script: Script, options: DeskOptions = {}): Promise<Desk> {
  const { ledger = memoryLedger(), clock, store } = options
  const model = scriptedModel(script)
  const session = await openSession(refundDesk(ledger), {
    id: 'desk',
    client: model.client,
    ...(clock ? { clock } : {}),
    ...(store ? { store } : {}),
  })
  return { session, model, ledger, [Symbol.asyncDispose]: () => session.stop() }
}

/** A call of `refund` as a script answers with it. */
export function refundCall(id: string, orderId: string, amount: number) {
  return { id, name: 'refund', args: { orderId, amount } }
}

/** The next turn of a session that ends or begins to wait, whoever holds its handle. */
export function nextResult(session: Session): Promise<TurnResult> {
  return new Promise((resolve) => {
    const off = session.on('turn', (result) => {
      off()
      resolve(result)
    })
  })
}

/** The state of the chart. */
export async function stateOf(session: Session): Promise<unknown> {
  return ((await session.snapshot()).snapshot as unknown as { value: unknown }).value
}

/** What the model was told of calls, in the request with this number. */
export function toolMessages(model: ScriptedModel, request: number): unknown[] {
  return model.requests[request]?.messages.filter(({ role }) => role === 'tool').map(({ content }) => content) ?? []
}
