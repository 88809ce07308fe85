/** An agent as a picture: its nodes and edges as JSON, and as Mermaid text. */
import { delegationOf, slotName } from '../core/delegation.ts'
import type { DelegateAgent } from '../core/node.ts'
import type { Agent, GraphEdge } from './agent.ts'

/** A node of the graph; the ports have the kind `port`. */
export interface GraphNode {
  readonly id: string
  readonly kind: string
  /** The nodes of the agents that it is made of, by the paths that they have in its first slot (`team/writer_0/llm`). */
  readonly nodes?: readonly GraphNode[]
}

/** An agent's nodes and the ways between them. */
export interface Graph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** The graph of an agent: the port `input`, its nodes, the port `output`; `turn` too when an edge comes from it. */
export function graphOf(agent: Agent): Graph {
  const usesTurn = agent.edges.some(({ from }) => from === 'turn')
  return {
    nodes: [
      { id: 'input', kind: 'port' },
      ...(usesTurn ? [{ id: 'turn', kind: 'port' }] : []),
      ...nodesOf(agent, ''),
      { id: 'output', kind: 'port' },
    ],
    edges: agent.edges.map((edge) => ({ ...edge })),
  }
}

/** The nodes of an agent with those that are in them; their ids are paths under `prefix`. */
export function nodesOf({ nodes }: DelegateAgent, prefix: string): GraphNode[] {
  return Object.entries(nodes).map(([node, definition]) => {
    const [id, { kind }] = [prefix + node, definition]
    const delegation = delegationOf(definition)
    if (!delegation) return { id, kind }
    const inner = Object.entries(delegation.agents).flatMap(([name, agent]) =>
      nodesOf(agent, `${id}/${slotName(name, 0)}/`),
    )
    return { id, kind, nodes: inner }
  })
}

/** The graph of an agent as a Mermaid flowchart; ports are rounded, edges say `event [when]`. */
export function mermaid(agent: Agent): string {
  const { nodes, edges } = graphOf(agent)
  return [
    'flowchart LR',
    ...nodes.map(({ id, kind }) =>
      kind === 'port'
        ? `  ${keyOf(id)}([${text(id)}])`
        : `  ${keyOf(id)}[${text(kind === id ? id : `${id}: ${kind}`)}]`,
    ),
    ...edges.map(
      ({ from, to, event, when }) =>
        `  ${keyOf(from)} -->|${text(when === undefined ? event : `${event} [${when}]`)}| ${keyOf(to)}`,
    ),
    '',
  ].join('\n')
}

/** Some ids are words of Mermaid's language (`end`, `graph`, `style`): in the text they all have a prefix. */
function keyOf(id: string): string {
  return `n_${id}`
}

/** A quoted text in which nothing has a meaning of its own; routes may have any characters. */
function text(value: string): string {
  const escaped = value.replaceAll(/[^\p{L}\p{N} .,:_[\]-]/gu, (character) => `#${character.codePointAt(0)};`)
  return `"${escaped}"`
}
