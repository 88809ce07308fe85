/** An agent whose only node is another one, which asks before it refunds. */
import { agentNode, defineAgent, type Agent } from 'troupe'
import desk from './approval-desk.ts'

export default defineAgent({
  id: 'nested_desk',
  version: 1,
  nodes: { desk: agentNode(desk as unknown as Agent) },
  edges: [
    { from: 'input', on: 'user_input', to: 'desk' },
    { from: 'desk', on: 'agent_result', to: 'output' },
  ],
})
