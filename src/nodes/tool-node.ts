/** `toolNode`: runs the tools that a model called. */
import { defineNode } from '../agent/define-node.ts'
import { AgentDefinitionError } from '../core/errors.ts'
import type { MessageWindow } from '../core/messages.ts'
import type { NodeDefinition } from '../core/node.ts'
import { CallsData, ToolProgressData, ToolResultData, type CallResult } from '../core/payloads.ts'
import { abortable } from '../core/abortable.ts'
import type { SupervisedOptions } from '../core/supervision.ts'
import type { Payload } from './payload.ts'
import { observedTool } from './observed-tool.ts'
import { outcomeUnknown, runTool, unapproved, type Call } from './run-tool.ts'
import { approvalOf, needsApproval } from './tool-approval.ts'
import { ToolList } from './tool-list.ts'
import type { CallOf, Tool, ToolContext } from './tool.ts'

/** Options of {@link toolNode}. */
export interface ToolNodeOptions<Tools extends readonly Tool[]> extends SupervisedOptions {
  /** What may be called: the tools that the `llmNode` offers, or more. */
  readonly tools: Tools
  /** The most calls of one event that run at the same time, a whole number from 1. Default: 8. */
  readonly concurrency?: number
  /** Milliseconds for one try of a call whose tool has no `timeout`. Default: no end but the turn's. */
  readonly toolMs?: number
  /** The most bytes of a result whose tool does not say so, a whole number from 1. Default: 65,536. */
  readonly maxResultBytes?: number
}

/** The node that {@link toolNode} makes. */
export type ToolNode<Tools extends readonly Tool[]> = NodeDefinition<
  Payload<{ window: MessageWindow; calls: CallOf<Tools[number]>[] }>,
  { tool_result: typeof ToolResultData; tool_progress: typeof ToolProgressData }
>

/**
 * A node that takes `tool_call`, runs its calls in parallel, appends one tool message per call and emits one
 * `tool_result` with the results in the order of the calls. Meanwhile it emits the transient `tool_progress` with what
 * the tools say of how far they are.
 *
 * Arguments that do not fit, an unknown name, a tool that throws and a value that is no JSON become results with
 * `isError` that tell the model what is wrong; the turn goes on. A tool that returns nothing gives a result that says so,
 * and a result that is too large is cut, with a note.
 *
 * An event with a call that needs approval (`needsApproval` of its tool) is held until each such call is decided, by the
 * signals `approve` and `reject`; then all calls of the event run, but those that were rejected.
 *
 * After a crash in the middle of its work, calls of `idempotent` tools run again; of the others the model is told that
 * the outcome is unknown, since nobody can say whether they took effect.
 *
 * @throws ToolDefinitionError when two tools have the same name.
 * @throws AgentDefinitionError when a number is out of its range.
 */
export function toolNode<const Tools extends readonly Tool[]>(options: ToolNodeOptions<Tools>): ToolNode<Tools> {
  const list = new ToolList(options.tools)
  const { concurrency = 8, toolMs, maxResultBytes = 65_536 } = options
  const faults = Object.entries({ concurrency, maxResultBytes }).flatMap(([name, value]) =>
    Number.isInteger(value) && value >= 1 ? [] : [`${name} is ${value}, not a whole number from 1`],
  )
  if (toolMs !== undefined && !(toolMs > 0)) faults.push(`toolMs is ${toolMs}, not a number of milliseconds over 0`)
  if (faults.length > 0) throw new AgentDefinitionError("a node of kind 'tools'", faults)
  const approval = approvalOf(list)
  const waiting = [...list.byName.values()].filter((tool) => tool.needsApproval).map(({ name }) => name)

  const node = defineNode({
    kind: 'tools',
    supervision: options.supervision,
    input: CallsData,
    emits: { tool_result: ToolResultData, tool_progress: ToolProgressData },
    transient: ['tool_progress'],
    onRestore: 'rerun',
    describe: { tools: [...list.byName.keys()], ...(waiting.length > 0 ? { needsApproval: waiting } : {}) },
    async run(event, runtime) {
      const { window, calls } = event.data
      const { signal, sessionId, traceId, clock, attempt } = runtime
      const tools = list.byName
      const { observer } = runtime.services
      const options = { clock, timeout: toolMs, maxResultBytes }
      const works = namesOfCalls(calls).map((name, index) => (): Promise<CallResult> => {
        const call = calls[index] as Call
        const context: ToolContext = {
          signal,
          callId: call.id,
          idempotencyKey: `${event.id}:${name}`,
          sessionId,
          traceId,
          progress: (data) =>
            runtime.emit('tool_progress', { callId: call.id, name: call.name, data: data as never, attempt }),
        }
        const unknown = attempt > 1 && !call.rejected && tools.get(call.name)?.idempotent === false
        if (unknown) return Promise.resolve(outcomeUnknown(call))
        // One that a person refused does not run.
        if (call.rejected !== undefined) return runTool(tools, call, context, options)
        // The session has held every call that needs it; whoever runs a node in another way must not lead past that.
        if (!call.approved && needsApproval(tools, call, context)) return Promise.resolve(unapproved(call))
        const observation = { observer, now: () => runtime.now(), isKnown: tools.has(call.name) }
        return observedTool(call, observation, () => runTool(tools, call, context, options))
      })
      const results = await abortable(runAll(works, concurrency, signal), signal)
      signal.throwIfAborted()
      const ids = results.map(({ id, content }) => runtime.append({ role: 'tool', tool_call_id: id, content }))
      runtime.emit('tool_result', { window: { ...window, ids: [...window.ids, ...ids] }, results })
    },
  })
  return { ...node, ...(approval ? { approval } : {}) } as unknown as ToolNode<Tools>
}

/** The call ids; where an answer has one twice, each further call gets a name of its own, so that no two share a key. */
function namesOfCalls(calls: readonly Call[]): string[] {
  const seen = new Map<string, number>()
  return calls.map(({ id }) => {
    const count = (seen.get(id) ?? 0) + 1
    seen.set(id, count)
    return count === 1 ? id : `${id}#${count}`
  })
}

/** Results in the order of the works; once the signal is aborted no further work is begun. */
async function runAll<T>(works: readonly (() => Promise<T>)[], concurrency: number, signal: AbortSignal): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < works.length && !signal.aborted) {
      const index = next++
      results[index] = await (works[index] as () => Promise<T>)()
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, works.length) }, worker))
  return results
}
