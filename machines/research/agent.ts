import { defineAgent, llmNode, memoryNode, teamNode, z } from 'troupe'
import { researcher } from './researcher.ts'

// The planner decides at run time how many researchers there are.
const team = teamNode({
  agents: {
    research: {
      agent: researcher,
      description: 'Looks a topic up and reports on it. Call it once for each topic, all of them in one answer.',
      parameters: z.object({ topic: z.string().describe('One topic, in a few words') }),
      map: ({ topic }) => topic,
    },
  },
  slots: 4,
})

export default defineAgent({
  id: 'research',
  version: 1,
  nodes: {
    memory: memoryNode({ window: 40 }),
    planner: llmNode({
      system:
        'You plan research. Split what is asked into topics and call research for each. Answer by yourself what needs none.',
      tools: team.tools,
    }),
    team,
    writer: llmNode({
      system: 'Write a report on what was asked from the reports of the researchers, and from nothing else. Be brief.',
    }),
  },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'planner' },
    { from: 'planner', on: 'tool_call', to: 'team' },
    { from: 'team', on: 'tool_result', to: 'writer' },
    { from: 'planner', on: 'llm_chunk', to: 'output' },
    { from: 'planner', on: 'llm_result', to: 'output' },
    { from: 'writer', on: 'llm_chunk', to: 'output' },
    { from: 'writer', on: 'llm_result', to: 'output' },
  ],
})
