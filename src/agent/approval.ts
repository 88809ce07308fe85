/**
 * The signals by which a person approves or rejects calls of tools that need it. Agents with such tools have them without
 * declaring them; one that declares its own of that name keeps it.
 */
import { z } from 'zod'
import type { NodeDefinition, Schema, Schemas } from '../core/node.ts'

/** `approve`: the call runs; with `args`, with these arguments in the place of the model's. */
export const ApproveData = z.object({
  callId: z.string(),
  args: z.record(z.string(), z.json()).exactOptional(),
})
export type ApproveData = z.infer<typeof ApproveData>

/** `reject`: the call does not run, and the model is told why. */
export const RejectData = z.object({ callId: z.string(), reason: z.string().exactOptional() })
export type RejectData = z.infer<typeof RejectData>

const signals = { approve: ApproveData, reject: RejectData }
const actions = { approve: 'release', reject: 'reject' } as const

type SignalName = keyof typeof signals
type SomeNodes = Readonly<Record<string, Pick<NodeDefinition, 'approval'>>>

interface ApprovalTransition {
  readonly guard: { readonly type: 'holdsCall'; readonly params: { readonly node: string } }
  readonly actions: { readonly type: 'release' | 'reject'; readonly params: { readonly node: string } }
}

/** The inputs of an agent: those that it declares, and the signals that its tools need. */
export function inputsWith<Inputs extends Schemas>(nodes: SomeNodes, declared: Inputs): Inputs {
  return nodesWithApproval(nodes).length > 0 ? { ...signals, ...declared } : declared
}

/** Whether a schema is that of a built-in signal, which is checked against the calls that wait. */
export function isApprovalSchema(schema: Schema | undefined): boolean {
  return schema === ApproveData || schema === RejectData
}

/**
 * The transitions on the signals, by the machine's types of events: the node that holds the call is told. `inputs` are
 * those that the agent declares itself; with `all`, its own signals of these names decide calls, too.
 */
export function approvalTransitions(
  nodes: SomeNodes,
  inputs: Schemas,
  { all }: { readonly all: boolean },
): Record<string, ApprovalTransition[]> {
  const waiting = nodesWithApproval(nodes)
  if (waiting.length === 0) return {}
  const names = (Object.keys(signals) as SignalName[]).filter((name) => all || !Object.hasOwn(inputs, name))
  return Object.fromEntries(
    names.map((name) => [
      `input.${name}`,
      waiting.map((node): ApprovalTransition => ({
        guard: { type: 'holdsCall', params: { node } },
        actions: { type: actions[name], params: { node } },
      })),
    ]),
  )
}

/** The same as edges of a diagram, for agents that are written as edges. */
export function approvalEdges(
  nodes: SomeNodes,
): { readonly from: 'input'; readonly to: string; readonly event: string }[] {
  return nodesWithApproval(nodes).flatMap((to) =>
    Object.keys(signals).map((event) => ({ from: 'input' as const, to, event })),
  )
}

function nodesWithApproval(nodes: SomeNodes): string[] {
  return Object.keys(nodes).filter((id) => nodes[id]?.approval)
}
