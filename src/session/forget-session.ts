/** Deletes what nodes keep of a session elsewhere than in its store, such as messages in an index. */
import type { Agent } from '../agent/agent.ts'

/**
 * Has every node of the agent delete what it keeps of a session under the session's id elsewhere than in the session's
 * store. `SessionPool.delete` does so; who deletes sessions from a store by itself calls this first, so that what fails can
 * be tried again. Of a session that keeps nothing elsewhere nothing is deleted.
 * @throws what the nodes' stores reject with, an IndexError of a recall index for one.
 */
export async function forgetSession(agent: Agent, sessionId: string): Promise<void> {
  for (const [nodeId, { forget }] of Object.entries(agent.nodes)) if (forget) await forget({ sessionId, nodeId })
}

/** Whether a node of the agent may keep something of a session elsewhere. */
export function keepsElsewhere({ nodes }: Agent): boolean {
  for (const node in nodes) if (nodes[node]?.forget) return true
  return false
}
