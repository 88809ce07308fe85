/** A session's agent as a picture: its nodes with their status, and its edges. */
import type { Agent } from '../agent/agent.ts'
import { nodesOf, type GraphNode as StaticNode } from '../agent/graph.ts'
import type { NodeState } from '../core/node.ts'

/** A node of the agent, with its status. */
export interface GraphNode {
  readonly id: string
  readonly status: NodeState['status']
  /**
   * Of a node that is made of other agents, theirs, by path (`team/researcher_0/llm`): those of the sessions that are at
   * work, and while none is, those that there can be.
   */
  readonly nodes?: readonly GraphNode[]
}

/** The agent's graph with the state of its nodes. */
export interface SessionGraph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly {
    readonly from: string
    readonly to: string
    readonly event: string
    readonly when?: string
  }[]
}

/** The graph of an agent whose nodes are in these states. */
export function sessionGraph(agent: Agent, states: Readonly<Record<string, NodeState>>): SessionGraph {
  const nodes = nodesOf(agent, '').map((node) => graphNode(node, states))
  return { nodes, edges: agent.edges.map((edge) => ({ ...edge })) }
}

function graphNode({ id, nodes }: StaticNode, states: Readonly<Record<string, NodeState>>): GraphNode {
  const state = states[id]
  const status = state?.status ?? 'idle'
  const atWork = Object.entries(state?.nodes ?? {})
  if (atWork.length > 0) return { id, status, nodes: atWork.map(([inner, each]) => activeNode(inner, each)) }
  return nodes ? { id, status, nodes: nodes.map((node) => graphNode(node, {})) } : { id, status }
}

function activeNode(id: string, { status, nodes }: NodeState): GraphNode {
  if (!nodes) return { id, status }
  return { id, status, nodes: Object.entries(nodes).map(([inner, state]) => activeNode(inner, state)) }
}
