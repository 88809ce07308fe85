/**
 * LangGraph's how-to "create a ReAct agent" (examples/how-tos/create-react-agent.ipynb, 61 lines of code with its two
 * questions): a model that calls tools until it can answer. The agent there is one call of a prebuilt function; here its
 * loop is written out: 29 lines of code with the tool.
 */
import { defineAgent, defineTool, llmNode, memoryNode, toolNode, z, type Tool } from 'troupe'

/** A model in a loop with tools. */
export function reactAgent<const Tools extends readonly Tool[]>(id: string, tools: Tools, system?: string) {
  return defineAgent({
    id,
    version: 1,
    nodes: {
      memory: memoryNode(),
      agent: llmNode({ tools: tools as readonly Tool[], ...(system === undefined ? {} : { system }) }),
      tools: toolNode({ tools: tools as readonly Tool[] }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory' },
      { from: 'memory', on: 'memory_ready', to: 'agent' },
      { from: 'agent', on: 'tool_call', to: 'tools' },
      { from: 'tools', on: 'tool_result', to: 'agent' },
      { from: 'agent', on: 'llm_chunk', to: 'output' },
      { from: 'agent', on: 'llm_result', to: 'output' },
    ],
  })
}

/** The how-to's only tool. */
export const getWeather = defineTool({
  name: 'get_weather',
  description: 'Call to get the current weather.',
  parameters: z.object({ location: z.string().describe('Location to get the weather for.') }),
  run: ({ location }) =>
    ['sf', 'san francisco', 'san francisco, ca'].includes(location.toLowerCase())
      ? "It's 60 degrees and foggy."
      : "It's 90 degrees and sunny.",
})
