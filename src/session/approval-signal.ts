/** Checks the built-in signals `approve` and `reject` against the calls that wait, before they are accepted. */
import type { Agent, Nodes } from '../agent/agent.ts'
import type { ApproveData } from '../agent/approval.ts'
import { SignalError } from '../core/errors.ts'
import type { PendingWork } from '../core/turn.ts'

/** @throws SignalError when no call of that id waits, or the tool does not take the arguments that a person gives it. */
export function assertDecides(
  agent: Agent,
  sessionId: string,
  type: string,
  { callId, args }: ApproveData,
  pending: readonly PendingWork[],
): void {
  const refuse = (reason: string): SignalError => new SignalError(sessionId, type, reason)
  const held = pending.find(({ undecided }) => undecided.includes(callId))
  if (!held) {
    const ids = pending.flatMap(({ undecided }) => undecided)
    throw refuse(
      `no call '${callId}' waits for a decision; ${ids.length > 0 ? `there is ${ids.join(', ')}` : 'none does'}.`,
    )
  }
  if (args === undefined) return
  const calls =
    (held.data as { readonly calls?: readonly { readonly id: string; readonly name: string }[] }).calls ?? []
  const [call, other] = calls.filter(({ id }) => id === callId)
  if (!call || other) throw refuse(`more than one call has the id '${callId}': approve or reject them as they are.`)
  const nodes: Nodes = agent.nodes
  // Work of a nested agent is told under a path that ends in its own node.
  const node = held.node.slice(held.node.lastIndexOf('/') + 1)
  const fault = nodes[node]?.approval?.argumentsFault(call.name, args)
  if (fault !== undefined) throw refuse(fault)
}
