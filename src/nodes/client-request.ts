/** What a client asks of a turn, as it enters the model's request. */
import type { MessageToolCall } from '../core/messages.ts'
import type { ClientTool, TurnRequest } from '../core/turn.ts'
import type { ChatRequest } from '../model/chat.ts'

type OfferedTool = NonNullable<ChatRequest['tools']>[number]

/** What {@link readClientRequest} finds. */
export interface ClientRequest {
  /** The system message: the node's own, and behind it the client's instructions. */
  readonly system: string | undefined
  /** The client's tools, as models read them. */
  readonly tools: readonly OfferedTool[]
  /** Further fields of the request; the node's own go before them. */
  readonly fields: Partial<ChatRequest>
  /** Whether a call is one of a tool that the client runs. */
  isClientCall(call: MessageToolCall): boolean
}

const nothing: TurnRequest = { nodes: [] }

/** Reads what the client asks of a node that has a system message and tools of these names. */
export function readClientRequest(
  request: TurnRequest | undefined,
  system: string | undefined,
  ownTools: ReadonlySet<string>,
): ClientRequest {
  const { instructions, tools = [], fields = {} } = request ?? nothing
  const offered = tools.filter(({ name }) => !ownTools.has(name))
  const names = new Set(offered.map(({ name }) => name))
  return {
    system: [system, instructions].filter(Boolean).join('\n\n') || undefined,
    tools: offered.map(offer),
    fields: fields as Partial<ChatRequest>,
    isClientCall: (call) => names.has(call.function.name),
  }
}

function offer({ name, description, parameters }: ClientTool): OfferedTool {
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters: { ...parameters } }),
    },
  }
}
