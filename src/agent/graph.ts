/** An agent as a picture: its nodes and edges as JSON, and as Mermaid text. */
import type { Agent, GraphEdge } from './agent.ts'

/** A node of the graph; the ports have the kind `port`. */
export interface GraphNode {
  readonly id: string
  readonly kind: string
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
      ...Object.entries(agent.nodes).map(([id, { kind }]) => ({ id, kind })),
      { id: 'output', kind: 'port' },
    ],
    edges: agent.edges.map((edge) => ({ ...edge })),
  }
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
