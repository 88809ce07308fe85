/** `toolNode`: runs the tools that a model called. */
import { defineNode } from '../agent/define-node.ts'
import { AgentDefinitionError } from '../core/errors.ts'
import type { MessageWindow } from '../core/messages.ts'
import type { NodeDefinition } from '../core/node.ts'
import { CallsData, ToolResultData, type CallResult } from '../core/payloads.ts'
import { abortable } from '../core/abortable.ts'
import type { SupervisedOptions } from '../core/supervision.ts'
import type { Payload } from './payload.ts'
import { observedTool } from './observed-tool.ts'
import { outcomeUnknown, runTool, type Call } from './run-tool.ts'
import { toolsByName, type CallOf, type Tool, type ToolContext } from './tool.ts'

/** Options of {@link toolNode}. */
export interface ToolNodeOptions<Tools extends readonly Tool[]> extends SupervisedOptions {
  /** What may be called: the tools that the `llmNode` offers, or more. */
  readonly tools: Tools
  /** The most calls of one event that run at the same time, a whole number from 1. Default: 8. */
  readonly concurrency?: number
}

/** The node that {@link toolNode} makes. */
export type ToolNode<Tools extends readonly Tool[]> = NodeDefinition<
  Payload<{ window: MessageWindow; calls: CallOf<Tools[number]>[] }>,
  { tool_result: typeof ToolResultData }
>

/**
 * A node that takes `tool_call`, runs its calls in parallel, appends one tool message per call and emits one
 * `tool_result` with the results in the order of the calls.
 *
 * Arguments that do not fit, an unknown name, a tool that throws and a value that is no JSON become results with
 * `isError` that tell the model what is wrong; the turn goes on. A tool that returns nothing gives a result that says so.
 *
 * After a crash in the middle of its work, calls of `idempotent` tools run again; of the others the model is told that
 * the outcome is unknown, since nobody can say whether they took effect.
 *
 * @throws ToolDefinitionError when two tools have the same name.
 * @throws AgentDefinitionError when `concurrency` is no whole number from 1.
 */
export function toolNode<const Tools extends readonly Tool[]>(options: ToolNodeOptions<Tools>): ToolNode<Tools> {
  const tools = toolsByName(options.tools)
  const concurrency = options.concurrency ?? 8
  if (!(Number.isInteger(concurrency) && concurrency >= 1))
    throw new AgentDefinitionError("a node of kind 'tools'", [
      `concurrency is ${concurrency}, not a whole number from 1`,
    ])

  return defineNode({
    kind: 'tools',
    supervision: options.supervision,
    input: CallsData,
    emits: { tool_result: ToolResultData },
    onRestore: 'rerun',
    describe: { tools: [...tools.keys()] },
    async run(event, runtime) {
      const { window, calls } = event.data
      const { signal, sessionId, traceId } = runtime
      const { observer } = runtime.services
      const works = namesOfCalls(calls).map((name, index) => (): Promise<CallResult> => {
        const call = calls[index] as Call
        const context: ToolContext = {
          signal,
          callId: call.id,
          idempotencyKey: `${event.id}:${name}`,
          sessionId,
          traceId,
        }
        const unknown = runtime.attempt > 1 && !call.rejected && tools.get(call.name)?.idempotent === false
        if (unknown) return Promise.resolve(outcomeUnknown(call))
        // One that a person refused does not run.
        if (call.rejected !== undefined) return runTool(tools, call, context)
        const observation = { observer, now: () => runtime.now(), isKnown: tools.has(call.name) }
        return observedTool(call, observation, () => runTool(tools, call, context))
      })
      const results = await abortable(runAll(works, concurrency, signal), signal)
      signal.throwIfAborted()
      const ids = results.map(({ id, content }) => runtime.append({ role: 'tool', tool_call_id: id, content }))
      runtime.emit('tool_result', { window: { ...window, ids: [...window.ids, ...ids] }, results })
    },
  }) as unknown as ToolNode<Tools>
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
