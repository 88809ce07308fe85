/** The commands that say something of an agent: `troupe check` and `troupe graph`. */
import { checkAgent } from '../agent/check-agent.ts'
import { graphOf, mermaid, type GraphNode } from '../agent/graph.ts'
import { loadAgent } from './agent-file.ts'
import { styleOf } from './style.ts'

/** Formats of `troupe graph`. */
export type GraphFormat = 'json' | 'mermaid'

/** Prints the graph of an agent. */
export async function printGraph(path: string, format: GraphFormat): Promise<void> {
  const agent = await loadAgent(path)
  if (format === 'mermaid') {
    process.stdout.write(mermaid(agent))
    return
  }
  const { nodes, edges } = graphOf(agent)
  const graph = {
    id: agent.id,
    version: agent.version,
    // As a session's graph has them, before its first message.
    nodes: nodes.filter(({ kind }) => kind !== 'port').map(idle),
    edges,
  }
  process.stdout.write(`${JSON.stringify(graph, null, 2)}\n`)
}

function idle({ id, kind, nodes }: GraphNode): object {
  return { id, status: 'idle', kind, ...(nodes ? { nodes: nodes.map(idle) } : {}) }
}

/** Loads an agent, which checks its definition, and prints what is probably not meant. */
export async function printCheck(path: string): Promise<void> {
  const agent = await loadAgent(path)
  const style = styleOf(process.stdout)
  const { warnings } = checkAgent(agent)
  for (const warning of warnings) process.stdout.write(`${style.yellow('warning:')} ${warning}\n`)
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`
  const parts = [
    count(Object.keys(agent.nodes).length, 'node'),
    count(agent.edges.length, 'edge'),
    count(warnings.length, 'warning'),
  ]
  process.stdout.write(`${style.green('ok')} ${agent.id}, version ${agent.version}: ${parts.join(', ')}\n`)
}
