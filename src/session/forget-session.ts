/** Deletes what nodes keep of a session elsewhere than in its store, such as messages in an index. */
import type { Agent } from '../agent/agent.ts'
import { delegationOf, slotName } from '../core/delegation.ts'
import type { DelegateAgent } from '../core/node.ts'

/**
 * Has every node of the agent delete what it keeps of a session under the session's id elsewhere than in the session's
 * store; so do the nodes of agents that it is made of. `SessionPool.delete` does so; who deletes sessions from a store by
 * itself calls this first, so that what fails can be tried again. Of a session that keeps nothing elsewhere nothing is
 * deleted.
 * @throws what the nodes' stores reject with, an IndexError of a recall index for one.
 */
export async function forgetSession(agent: Agent, sessionId: string): Promise<void> {
  await forgetUnder(agent, sessionId, '')
}

async function forgetUnder(agent: Pick<DelegateAgent, 'nodes'>, sessionId: string, prefix: string): Promise<void> {
  for (const [node, definition] of Object.entries(agent.nodes)) {
    await definition.forget?.({ sessionId, nodeId: `${prefix}${node}` })
    const { agents = {}, slots = 0 } = delegationOf(definition) ?? {}
    for (const [name, inner] of Object.entries(agents)) {
      if (!keepsElsewhere(inner)) continue
      for (let index = 0; index < slots; index++)
        await forgetUnder(inner, sessionId, `${prefix}${node}/${slotName(name, index)}/`)
    }
  }
}

/** Whether a node of an agent, or of one inside of it, may keep something elsewhere. Asked whenever a session stops. */
export function keepsElsewhere({ nodes }: Pick<DelegateAgent, 'nodes'>): boolean {
  for (const node in nodes) {
    if (nodes[node]?.forget) return true
    const handler = nodes[node]?.handler
    if (handler?.style === 'delegate' && Object.values(handler.delegation.agents).some(keepsElsewhere)) return true
  }
  return false
}
