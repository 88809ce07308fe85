/** `memoryNode`: remembers what the user said and hands on what of the conversation the model is shown. */
import { z } from 'zod'
import { defineNode } from '../agent/define-node.ts'
import { AgentDefinitionError } from '../core/errors.ts'
import { textOf, type UserContent } from '../core/messages.ts'
import type { AgentEvent } from '../core/events.ts'
import type { NodeDefinition, NodePlace, NodeRuntime } from '../core/node.ts'
import { AudioData, MemoryData, PlaybackData, SentenceData, SpeechStop, UserInput } from '../core/payloads.ts'
import { heardText, spokenText, takePlayback, takeSentence, takeStop } from './heard-speech.ts'
import { manageMemory } from './manage-memory.ts'
import { MemoryState, type MemoryNodeOptions } from './memory-options.ts'
import { modelFaults } from './model-options.ts'
import { forgetFallen } from './recall.ts'
import { recordHeard } from './record-heard.ts'

/** What a memory of a spoken conversation takes. */
const SpokenInput = z.union([
  UserInput,
  AudioData.omit({ data: true, format: true, rate: true }),
  SentenceData,
  SpeechStop,
  PlaybackData,
])

/** The node that {@link memoryNode} makes with `speech`. */
export type SpokenMemoryNode = NodeDefinition<typeof SpokenInput, { memory_ready: typeof MemoryData }>

type Runtime = NodeRuntime<{ memory_ready: typeof MemoryData }, MemoryState>

/** The node that {@link memoryNode} makes. */
export type MemoryNode = NodeDefinition<typeof UserInput, { memory_ready: typeof MemoryData }>

/**
 * A node that takes the user's input, appends it to the transcript and emits `memory_ready` with a window: pinned
 * messages, the summary, what is recalled, then the newest messages, oldest first. A call always stays with its results,
 * and this turn's input is always in. Nothing is deleted; what is left out stays in the transcript, and `trimmed` of
 * `memory_ready` says how many messages this turn left out that were handed on before, and how many tokens they had.
 *
 * An input without parts (`[]`) appends nothing: the turn goes on from the conversation as it is, such as from the results
 * of tools that the client ran.
 *
 * With `summary` the window is allowed to fill up; then its older half is summarised by the model in one call, so that
 * most turns need none. When that call fails, the turn goes on without what does not fit, and the next one tries again.
 * With `recall` an index or embedder that fails leaves the turn without recalled messages. Both are told in
 * `memory_ready`. The offline stand-in cannot summarise: with it `summary` has no effect.
 *
 * With `speech` it takes what a `ttsNode` sends and what the client tells of playing it (`playback`). The next input, or a
 * `playback` with `stopped`, makes the recorded answer what was heard: an amendment that ends in `…`, or where the model was
 * cut off too, a message of its own. Only `user_input` leads to `memory_ready`.
 *
 * @throws AgentDefinitionError when a number is none, or out of range, or options of the summary's model are wrong.
 */
export function memoryNode(options: MemoryNodeOptions & { readonly speech: true }): SpokenMemoryNode
export function memoryNode(options?: MemoryNodeOptions): MemoryNode
export function memoryNode(options: MemoryNodeOptions = {}): MemoryNode | SpokenMemoryNode {
  const { window = 40, maxTokens, summary, recall } = options
  const summaryTokens = summary === true ? undefined : summary?.maxTokens
  const faults = [
    ...faultOf('window', window, 1),
    ...faultOf('maxTokens', maxTokens, 1),
    ...faultOf('summary.maxTokens', summaryTokens, 32),
    ...faultOf('recall.limit', recall?.limit, 1),
    ...(summary === undefined || summary === true ? [] : modelFaults(summary)),
  ]
  if (faults.length > 0) throw new AgentDefinitionError("a node of kind 'memory'", faults)

  const node = {
    kind: 'memory',
    supervision: options.supervision,
    emits: { memory_ready: MemoryData },
    state: MemoryState,
    ...(recall ? { forget: (place: NodePlace) => forgetFallen(recall.index, place) } : {}),
  }
  if (!options.speech) return defineNode({ ...node, input: UserInput, run: remember })
  return defineNode({
    ...node,
    input: SpokenInput,
    async run(event, runtime) {
      const { data, traceId } = event
      if (typeof data === 'string' || Array.isArray(data)) {
        await hearOut(runtime, true)
        return remember({ ...event, data }, runtime)
      }
      const state = runtime.getState() ?? {}
      if ('text' in data) {
        runtime.setState({ ...state, speech: takeSentence(state.speech, traceId, data) })
      } else if (state.speech && 'by' in data) {
        runtime.setState({ ...state, speech: takeStop(state.speech, data) })
      } else if (state.speech && 'index' in data) {
        runtime.setState({ ...state, speech: takePlayback(state.speech, data) })
        if (data.stopped) await hearOut(runtime, false)
      }
    },
  })

  async function remember(event: AgentEvent<UserContent>, runtime: Runtime): Promise<void> {
    const goesOn = Array.isArray(event.data) && event.data.length === 0
    if (!goesOn) runtime.append({ role: 'user', content: event.data })
    const text = goesOn ? await lastInput(runtime, window) : textOf(event.data)
    const before = runtime.getState() ?? {}
    const { state, data } = await manageMemory(options, window, before, text, runtime, event.id)
    if (JSON.stringify(state) !== JSON.stringify(before)) runtime.setState(state)
    runtime.emit('memory_ready', data)
  }
}

/** Makes the answer of the newest turn what was heard of it; `final` when that turn is over. */
async function hearOut(runtime: Runtime, final: boolean): Promise<void> {
  const { speech, ...state } = runtime.getState() ?? {}
  if (!speech || speech.over) return
  const spoken = { spoken: spokenText(speech), heard: heardText(speech, runtime.now()) }
  const amended = await recordHeard(spoken, runtime, { append: final })
  const current = (id: string): string => amended.get(id) ?? id
  const { start, first, pinned, unindexed } = state
  runtime.setState({
    ...state,
    // Places of windows are told by ids, which are others now.
    ...(start === undefined ? {} : { start: current(start) }),
    ...(first === undefined ? {} : { first: current(first) }),
    ...(pinned === undefined ? {} : { pinned: pinned.map(current) }),
    ...(unindexed === undefined ? {} : { unindexed: current(unindexed) }),
    // Of this turn more may come, which is not heard any more.
    speech: final ? { traceId: speech.traceId, sentences: [], over: true } : speech,
  })
}

/** The text of the newest input among so many messages. */
async function lastInput(runtime: Pick<NodeRuntime, 'messages' | 'window'>, limit: number): Promise<string> {
  const messages = await runtime.messages(await runtime.window({ limit }))
  const input = messages.findLast((message) => message.role === 'user')
  return input?.role === 'user' ? textOf(input.content) : ''
}

function faultOf(name: string, value: number | undefined, least: number): string[] {
  if (value === undefined || (Number.isInteger(value) && value >= least)) return []
  return [`${name} is ${value}, not a whole number from ${least}`]
}
