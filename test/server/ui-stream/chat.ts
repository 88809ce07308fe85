/** AI SDK's own transport, at a real server. */
import { DefaultChatTransport, readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai'
import { defineAgent, defineTool, llmNode, memoryNode, toolNode, z, type Agent } from 'troupe'
import { scriptedModel, type Script } from 'troupe/testing'
import { startServing, type Served, type Serving } from '../serving.ts'

const add = defineTool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  run: ({ a, b }) => a + b,
})
const tools = [add] as const

/** An agent that shows its calls of tools to the client. */
export const open = defineAgent({
  id: 'open',
  version: 1,
  nodes: { memory: memoryNode(), llm: llmNode({ tools }), tools: toolNode({ tools }) },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'llm' },
    { from: 'llm', on: 'tool_call', to: ['tools', 'output'] },
    { from: 'tools', on: 'tool_result', to: ['llm', 'output'] },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

/** A chat. */
export interface Chat extends Served {
  readonly transport: DefaultChatTransport<UIMessage>
  /** Sends a text as `useChat` does; the stream of chunks. */
  send(text: string, id?: string): Promise<ReadableStream<UIMessageChunk>>
  /** What `useChat` does when the page is loaded again; null when there is nothing. */
  resume(): Promise<ReadableStream<UIMessageChunk> | null>
}

/** Serves an agent whose model follows the script. */
export async function startChat(script: Script, agent: Agent = open, options: Partial<Serving> = {}): Promise<Chat> {
  const model = scriptedModel(script)
  const served = await startServing({ ...options, agents: [agent], poolOptions: { client: model.client } })
  const transport = new DefaultChatTransport({ api: `${served.url}/agents/${agent.id}/ui` })
  return {
    ...served,
    transport,
    send: (text, id = 'm1') =>
      transport.sendMessages({
        trigger: 'submit-message',
        chatId: 'chat1',
        messageId: undefined,
        messages: [{ id, role: 'user', parts: [{ type: 'text', text }] }],
        abortSignal: undefined,
      }),
    resume: () => transport.reconnectToStream({ chatId: 'chat1' }),
  }
}

/** The message as `useChat` has it at the end; throws what the stream reports. */
export async function messageOf(stream: ReadableStream<UIMessageChunk>): Promise<UIMessage> {
  let last: UIMessage | undefined
  for await (const message of readUIMessageStream({ stream, terminateOnError: true })) last = message
  if (!last) throw new Error('the stream had no message')
  return last
}
