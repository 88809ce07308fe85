/**
 * What a person has heard of a spoken answer, so that the conversation can say that and no more.
 *
 * Invariants
 * 1. Where the client acknowledges what it played, only that was heard. Otherwise sentences are taken to be played one
 *    after the other from when they left, by the session's clock.
 * 2. A sentence that was cut off counts with the words of the part that was played: its share of the text is that of the time.
 * 3. Sentences are those of one turn, and with their leads they are its answer from the beginning.
 */
import { z } from 'zod'
import type { AudioData, PlaybackData, SentenceData, SpeechStop } from '../core/payloads.ts'

const HeardSentence = z.object({
  attempt: z.number(),
  /** With what stands before it. */
  text: z.string(),
  /** When it left; undefined while it did not, 0 with 0 seconds when no audio comes of it. */
  at: z.number().exactOptional(),
  seconds: z.number().exactOptional(),
})

/** What a memory node keeps of the speech of the newest turn. */
export const HeardSpeech = z.object({
  traceId: z.string(),
  sentences: z.array(HeardSentence),
  /** What the client told last: it played what comes before `index`, and `seconds` of that; without, all of it. */
  played: z.object({ index: z.number(), seconds: z.number().exactOptional() }).exactOptional(),
  /** When it was stopped, if what stopped it took its time to come here. */
  stoppedAt: z.number().exactOptional(),
  /** What was heard is recorded: nothing of the turn counts any more. */
  over: z.literal(true).exactOptional(),
})
export type HeardSpeech = z.infer<typeof HeardSpeech>

/** Takes in that a sentence is to be spoken, or was sent. */
export function takeSentence(
  speech: HeardSpeech | undefined,
  traceId: string,
  data: SentenceData | Omit<AudioData, 'data' | 'format' | 'rate'>,
): HeardSpeech {
  const known: HeardSpeech = speech?.traceId === traceId ? speech : { traceId, sentences: [] }
  const { index, attempt, text, lead = '' } = data
  const former = known.sentences[index]
  // Behind what is known some is missing, and of an earlier attempt nothing counts.
  if (known.over || index > known.sentences.length || (former && former.attempt > attempt)) return known
  const sent = 'seconds' in data ? { at: data.at, seconds: data.seconds } : data.silent ? { at: 0, seconds: 0 } : {}
  const sentence = { attempt, text: lead + text, ...sent }
  // Speech that was stopped goes on, in a turn that waited for what stopped it.
  const { stoppedAt = Infinity, ...going } = known
  const stopped = 'seconds' in data && data.at > stoppedAt ? {} : known
  // A higher attempt voids what stands behind.
  const behind = former?.attempt === attempt ? known.sentences.slice(index + 1) : []
  return { ...going, ...stopped, sentences: [...known.sentences.slice(0, index), sentence, ...behind] }
}

/** Takes in what the client says that it played. */
export function takePlayback(speech: HeardSpeech, { index, seconds }: PlaybackData): HeardSpeech {
  return { ...speech, played: { index, ...(seconds === undefined ? {} : { seconds }) } }
}

/** Takes in that it was stopped; the first time counts. */
export function takeStop(speech: HeardSpeech, { at }: SpeechStop): HeardSpeech {
  return { ...speech, stoppedAt: speech.stoppedAt ?? at }
}

/** All that is spoken, or is to be. */
export function spokenText({ sentences }: HeardSpeech): string {
  return sentences.map(({ text }) => text).join('')
}

/** The text that was heard by `time`, or when it was stopped, from the beginning of the answer. */
export function heardText({ sentences, played, stoppedAt = Infinity }: HeardSpeech, time: number): string {
  const now = Math.min(time, stoppedAt)
  let heard = ''
  let end = 0
  for (const [index, { text, at, seconds }] of sentences.entries()) {
    let part = 1
    if (played) {
      if (index > played.index) break
      if (index === played.index && played.seconds !== undefined) part = played.seconds / (seconds ?? Infinity)
    } else {
      if (at === undefined || seconds === undefined) break
      const start = Math.max(end, at)
      end = start + seconds * 1_000
      if (seconds > 0) part = (now - start) / (seconds * 1_000)
    }
    if (part < 1) return heard + beginningOf(text, part)
    heard += text
  }
  return heard
}

/** The words of a text that fit into a part of it. */
function beginningOf(text: string, part: number): string {
  // Space takes no time.
  const spoken = text.trimStart().length
  const longest = text.length - spoken + spoken * part
  let end = 0
  for (const { index, segment, isWordLike } of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)) {
    if (index + segment.length > longest) break
    if (isWordLike) end = index + segment.length
  }
  return text.slice(0, end)
}
