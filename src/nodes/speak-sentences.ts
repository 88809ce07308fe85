/**
 * Speaks sentences, in order.
 *
 * Invariants
 * 1. At most two sentences are with the voice at a time: one, and the one behind it.
 * 2. A sentence that fails is told of, and keeps neither the others nor the text from their way.
 */
import { abortable } from '../core/abortable.ts'
import { toErrorData } from '../core/errors.ts'
import type { NodeRuntime, Schemas } from '../core/node.ts'
import type { SentenceData } from '../core/payloads.ts'
import {
  AudioBytes,
  SpeechError,
  type SpeechAudio,
  type SpeechSynthesizer,
} from '../model/speech/speech-synthesizer.ts'

// A voice that fails this often in a row is not asked again in the turn: each time may take as long as it is given.
const mostFailures = 3
// Milliseconds that a sentence may take.
const patience = 30_000

type Spoken = { readonly audio: SpeechAudio } | { readonly error: unknown }

/** Emits the audio of sentences, or that there is none. `failures`: how often the voice failed before, in a row; resolves with what that is now. */
export async function speakSentences(
  voice: SpeechSynthesizer | null,
  sentences: readonly SentenceData[],
  failures: number,
  runtime: Pick<NodeRuntime<Schemas>, 'emit' | 'now' | 'signal'>,
): Promise<number> {
  const begin = (sentence: SentenceData | undefined): Promise<Spoken> | undefined =>
    sentence && voice && failures < mostFailures ? speak(voice, sentence.text, runtime.signal) : undefined
  let next = begin(sentences[0])
  for (const [place, sentence] of sentences.entries()) {
    const spoken = next
    next = begin(sentences[place + 1])
    const result = await spoken
    if (runtime.signal.aborted) return failures
    const { text, index, attempt, lead } = sentence
    if (result && 'audio' in result) {
      failures = 0
      const { format, data, seconds, rate } = result.audio
      runtime.emit('audio', {
        text,
        index,
        attempt,
        ...(lead === undefined ? {} : { lead }),
        format,
        ...(rate === undefined ? {} : { rate }),
        seconds,
        at: runtime.now(),
        data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
      })
      continue
    }
    if (result) {
      failures++
      const { name, code, message } = toErrorData(result.error)
      runtime.emit('speech_failed', { index, attempt, name, code, message })
    }
    runtime.emit('sentence_ready', { ...sentence, silent: true })
  }
  return failures
}

async function speak(voice: SpeechSynthesizer, text: string, outer: AbortSignal): Promise<Spoken> {
  const controller = new AbortController()
  const { signal } = controller
  const cancel = (): void => controller.abort(outer.reason)
  const giveUp = (): void =>
    controller.abort(new SpeechError('speech_failed', voice.name, `took longer than ${patience / 1_000} s.`))
  const timer = setTimeout(giveUp, patience)
  outer.addEventListener('abort', cancel)
  try {
    outer.throwIfAborted()
    return { audio: sound(await abortable(voice.synthesize(text, { signal }), signal), voice.name) }
  } catch (error) {
    return { error }
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', cancel)
  }
}

/** The audio, unless a voice that somebody wrote gave something else. */
function sound(audio: Partial<SpeechAudio> | undefined, voice: string): SpeechAudio {
  const { format, data, seconds = -1, rate = 1 } = audio ?? {}
  const isFormat = format === 'wav' || format === 'mp3' || format === 'pcm'
  if (!isFormat || !(data instanceof Uint8Array) || !(seconds >= 0 && rate > 0 && Number.isFinite(seconds + rate)))
    throw new SpeechError('speech_failed', voice, 'gave something that is no audio: { format, data, seconds, rate? }.')
  new AudioBytes(voice).add(data)
  return audio as SpeechAudio
}
