/** What a node that speaks keeps of the answer that it reads. */
import { z } from 'zod'
import type { SentenceData } from '../core/payloads.ts'
import { splitSentences } from './sentences.ts'

/** State of a `ttsNode`. */
export const SpeechState = z.object({
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
  /** Text behind the last sentence that is none itself. */
  lead: z.string(),
  /** Text that is no complete sentence yet. */
  rest: z.string(),
  /** How often the voice failed in a row. */
  failures: z.number().exactOptional(),
  /** Turns before this one are not spoken any more. */
  stoppedBy: z.string().exactOptional(),
})
export type SpeechState = z.infer<typeof SpeechState>

const newTurn = { ended: false, first: 0, next: 0, lead: '', rest: '' }

/** The state in which nothing is spoken of turns before this one. */
export function stopSpeech(traceId: string): SpeechState {
  return { traceId, attempt: 1, ...newTurn, stoppedBy: traceId }
}

/** Whether speech of a turn was stopped: by a later turn. */
export function isStopped(state: SpeechState | undefined, traceId: string): boolean {
  if (state?.stoppedBy === undefined) return false
  const [branch, turn] = placeOf(traceId)
  const [stoppedBranch, stoppedTurn] = placeOf(state.stoppedBy)
  return branch === stoppedBranch ? turn < stoppedTurn : branch < stoppedBranch
}

/** `<session>/<branch>.<turn>` */
function placeOf(traceId: string): [branch: number, turn: number] {
  const [branch = 0, turn = 0] = traceId
    .slice(traceId.lastIndexOf('/') + 1)
    .split('.')
    .map(Number)
  return [branch, turn]
}

/** The state that an event of this turn and attempt goes on from. */
export function stateAt(state: SpeechState | undefined, traceId: string, attempt: number): SpeechState {
  const stopped = state?.stoppedBy === undefined ? {} : { stoppedBy: state.stoppedBy }
  // What an earlier turn left, such as one that was cancelled, is never spoken.
  if (!state || state.traceId !== traceId) return { traceId, attempt, ...newTurn, ...stopped }
  // A higher attempt repeats the stream; otherwise what comes behind the end of one is another.
  const { first, next } = state
  const failures = state.failures === undefined ? {} : { failures: state.failures }
  const same = { traceId, attempt, ended: false, lead: '', rest: '', ...failures, ...stopped }
  if (attempt > state.attempt) return { ...same, first, next: first }
  if (attempt < state.attempt || state.ended) return { ...same, first: next, next }
  return state
}

/** The sentences that a piece of text completes, and the state behind them. */
export function takeText(
  state: SpeechState,
  text: string,
  final: boolean,
): { readonly sentences: readonly SentenceData[]; readonly state: SpeechState } {
  const split = splitSentences(state.rest + text, { final })
  const sentences: SentenceData[] = []
  let { lead, next } = state
  for (const sentence of split.sentences) {
    const spoken = sentence.trim()
    if (!/[\p{L}\p{N}]/u.test(spoken)) {
      lead += sentence
      continue
    }
    const start = sentence.indexOf(spoken)
    lead += sentence.slice(0, start)
    sentences.push({ text: spoken, index: next++, attempt: state.attempt, ...(lead === '' ? {} : { lead }) })
    lead = sentence.slice(start + spoken.length)
  }
  return { sentences, state: { ...state, lead, rest: split.rest, next, ended: final } }
}
