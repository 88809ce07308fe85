/** The official client, at a real server. */
import OpenAI from 'openai'
import { defineAgent, defineTool, llmNode, memoryNode, toolNode, z, type Agent } from 'troupe'
import { scriptedModel, type Script, type ScriptedModel } from 'troupe/testing'
import { startServing, type Served, type Serving } from '../serving.ts'

const add = defineTool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  run: ({ a, b }) => a + b,
})
const tools = [add] as const

/** An agent with a tool of its own. */
export const helper = defineAgent({
  id: 'helper',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode({ tools, system: 'Be brief.' }), tools: toolNode({ tools }) },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'tool_call', to: 'tools' },
    { from: 'tools', on: 'tool_result', to: 'llm' },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

/** A tool that the client runs. */
export const openDoor = {
  type: 'function' as const,
  function: {
    name: 'open_door',
    description: 'Opens a door.',
    parameters: { type: 'object', properties: { door: { type: 'number' } } },
  },
}

/** A served agent with its client and its model. */
export interface ServedModelClient extends Served {
  readonly client: OpenAI
  readonly model: ScriptedModel
}

/** Serves agents whose model follows the script. */
export async function serveScript(
  script: Script,
  { agents = [helper], poolOptions, ...options }: Partial<Serving> & { agents?: readonly Agent[] } = {},
): Promise<ServedModelClient> {
  const model = scriptedModel(script)
  const served = await startServing({ agents, poolOptions: { client: model.client, ...poolOptions }, ...options })
  const apiKey = options.keys?.[0]?.key ?? 'none'
  return { ...served, model, client: new OpenAI({ apiKey, baseURL: `${served.url}/v1`, maxRetries: 0 }) }
}

/** The user says this. */
export function user(content: string): { role: 'user'; content: string } {
  return { role: 'user', content }
}
/** The assistant said that. */
export function assistant(content: string): { role: 'assistant'; content: string } {
  return { role: 'assistant', content }
}

/** The session that a completion names. */
export function sessionOf(completion: object): string | undefined {
  return (completion as { metadata?: { session_id?: string } }).metadata?.session_id
}
