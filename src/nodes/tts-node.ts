/** `ttsNode`: turns a streamed answer into sentences to be spoken. */
import { z } from 'zod'
import { defineNode } from '../agent/define-node.ts'
import type { NodeDefinition } from '../core/node.ts'
import { ChunkData } from '../core/payloads.ts'
import type { SupervisedOptions } from '../core/supervision.ts'
import { splitSentences } from './sentences.ts'

/**
 * `sentence_ready`: one sentence without space around it. `index` counts from 0 within a turn; a sentence replaces the
 * one with the same index and a lower attempt, and voids those behind it.
 */
export const SentenceData = z.object({ text: z.string(), index: z.number(), attempt: z.number() })
export type SentenceData = z.infer<typeof SentenceData>

/** The node that {@link ttsNode} makes. */
export type TtsNode = NodeDefinition<typeof ChunkData, { sentence_ready: typeof SentenceData }>

const State = z.object({
  /** The turn that the rest belongs to. */
  traceId: z.string(),
  /** Attempt of the stream that is read now, or was read last. */
  attempt: z.number(),
  /** Whether its final chunk has come. */
  ended: z.boolean(),
  /** Index of the first sentence of that stream. */
  first: z.number(),
  /** Index of the next sentence. */
  next: z.number(),
  /** Text that is no complete sentence yet. */
  rest: z.string(),
})
type State = z.infer<typeof State>

/**
 * A node that takes `llm_chunk` and emits the transient `sentence_ready` as soon as a sentence is complete, and what is
 * left with the final chunk. It works in the background: no turn waits for it. It takes resets: when an answer is
 * streamed anew, what came of the first try is dropped and its sentences' indexes are used again. Pieces without a
 * letter or a digit, such as rules and fences, are left out.
 *
 * For now it gives sentences, not audio.
 */
export function ttsNode(options: SupervisedOptions = {}): TtsNode {
  return defineNode({
    kind: 'tts',
    supervision: options.supervision,
    input: ChunkData,
    emits: { sentence_ready: SentenceData },
    transient: ['sentence_ready'],
    state: State,
    background: true,
    takesResets: true,
    run(event, runtime) {
      const { attempt } = event.data
      const state = stateAt(runtime.getState(), event.traceId, attempt)
      if (event.type.endsWith('_reset')) {
        runtime.setState({ ...state, next: state.first, rest: '' })
        return
      }
      const final = event.data.final === true
      const { sentences, rest } = splitSentences(state.rest + event.data.text, { final })
      let { next } = state
      for (const sentence of sentences) {
        if (/[\p{L}\p{N}]/u.test(sentence))
          runtime.emit('sentence_ready', { text: sentence.trim(), index: next++, attempt })
      }
      runtime.setState({ ...state, rest, next, ended: final })
    },
  })
}

/** The state that an event of this turn and attempt goes on from. */
function stateAt(state: State | undefined, traceId: string, attempt: number): State {
  // What an earlier turn left, such as one that was cancelled, is never spoken.
  if (!state || state.traceId !== traceId) return { traceId, attempt, ended: false, first: 0, next: 0, rest: '' }
  // A higher attempt repeats the stream; otherwise what comes behind the end of one is another.
  const { first, next } = state
  if (attempt > state.attempt) return { traceId, attempt, ended: false, first, next: first, rest: '' }
  if (attempt < state.attempt || state.ended) return { traceId, attempt, ended: false, first: next, next, rest: '' }
  return state
}
