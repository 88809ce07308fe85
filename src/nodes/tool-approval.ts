/** Which calls wait for a person, by the `needsApproval` of their tools. */
import type { CallApproval } from '../core/node.ts'
import { readArguments, type Call } from './run-tool.ts'
import type { ToolList } from './tool-list.ts'
import type { ApprovalContext, Tool } from './tool.ts'

/** The approval of a node with these tools; undefined when none of them needs any, or ever will. */
export function approvalOf(tools: ToolList): CallApproval | undefined {
  if (!tools.live && ![...tools.byName.values()].some((tool) => tool.needsApproval)) return undefined
  return {
    needed({ data, sessionId, traceId }) {
      const calls = (data as { readonly calls?: unknown } | null)?.calls
      if (!Array.isArray(calls)) return []
      return (calls as Call[])
        .filter((call) => needsApproval(tools.byName, call, { callId: call.id, sessionId, traceId }))
        .map(({ id }) => id)
    },
    argumentsFault(name, args) {
      const tool = tools.byName.get(name)
      if (!tool) return undefined
      const read = readNow(tool, args)
      return read && 'fault' in read ? read.fault : undefined
    },
  }
}

/** Whether a call has to wait. One that cannot run as it is does not: the model is told of that at once. */
export function needsApproval(tools: ReadonlyMap<string, Tool>, call: Call, context: ApprovalContext): boolean {
  const tool = tools.get(call.name)
  if (!tool?.needsApproval || call.rejected !== undefined) return false
  const read = readNow(tool, call.args)
  if (!read) return true
  if ('fault' in read) return false
  try {
    return tool.needsApproval(read.args as never, context)
  } catch {
    // Whoever cannot tell must not let it pass.
    return true
  }
}

/** The arguments as the tool gets them; undefined where its schema can only say so later. */
function readNow(tool: Tool, args: unknown): { readonly args: unknown } | { readonly fault: string } | undefined {
  try {
    return readArguments(tool, args, (parameters, value) => parameters.safeParse(value))
  } catch {
    return undefined
  }
}
