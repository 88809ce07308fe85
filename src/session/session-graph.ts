/** A session's agent as a picture: its nodes with their status, and its edges. */
import type { NodeState } from '../core/node.ts'

/** A node of the agent, with its status. */
export interface GraphNode {
  readonly id: string
  readonly status: NodeState['status']
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
