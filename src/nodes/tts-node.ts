/** `ttsNode`: speaks a streamed answer, sentence by sentence. */
import { z } from 'zod'
import { defineNode } from '../agent/define-node.ts'
import type { NodeDefinition } from '../core/node.ts'
import { AudioData, ChunkData, PlaybackData, SentenceData, SpeechStop, UserInput } from '../core/payloads.ts'
import { defaultSpeech } from '../model/speech/default-speech.ts'
import type { SpeechSynthesizer } from '../model/speech/speech-synthesizer.ts'
import { SpeechState, isStopped, stateAt, stopSpeech, takeText } from './speech-state.ts'
import { speakSentences } from './speak-sentences.ts'
import type { SupervisedOptions } from '../core/supervision.ts'

/** Options of {@link ttsNode}. */
export interface TtsNodeOptions extends SupervisedOptions {
  /**
   * Who speaks; null for nobody, which leaves the sentences. Default: the session's service `speech`, else OpenAI's voice
   * where the client is one of OpenAI itself, else eSpeak NG or Flite where one of them is installed, else nobody.
   */
  readonly voice?: SpeechSynthesizer | null
}

/** `speech_failed`: the voice could not speak a sentence. The text of the turn goes on. */
export const SpeechFailure = z.object({
  index: z.number(),
  attempt: z.number(),
  name: z.string(),
  code: z.string(),
  message: z.string(),
})

const TtsInput = z.union([ChunkData, PlaybackData, UserInput])

/** The node that {@link ttsNode} makes. */
export type TtsNode = NodeDefinition<
  typeof TtsInput,
  {
    sentence_ready: typeof SentenceData
    audio: typeof AudioData
    speech_failed: typeof SpeechFailure
    speech_stopped: typeof SpeechStop
  }
>

/**
 * A node that takes `llm_chunk` and speaks while the model still streams. All that it emits is transient.
 *
 * - `sentence_ready` as soon as a sentence is complete, and for what is left with the final chunk. Pieces without a letter
 *   or a digit, such as rules and fences, are no sentences.
 * - `audio` for each of them, in order: one file of its own, at most 4 MB, spoken while the one before is. Nothing is
 *   spoken when nothing in the agent takes `audio`. What the model says meanwhile waits in the node's inbox, joined.
 * - `speech_failed` where the voice fails, or takes longer than 30 s; after three failures in a row the rest of the turn
 *   stays text. The turn does not fail.
 * - Any durable event that reaches it (`user_input`, a signal) stops it at once: the voice is cancelled, what waits is
 *   dropped, and `speech_stopped` leaves. Nothing more of the turns before that one is spoken.
 *
 * It works in the background: no turn waits for it. It takes resets: when an answer is streamed anew, what came of the
 * first try is dropped and its sentences' indexes are used again.
 */
export function ttsNode(options: TtsNodeOptions = {}): TtsNode {
  return defineNode({
    kind: 'tts',
    supervision: options.supervision,
    input: TtsInput,
    emits: {
      sentence_ready: SentenceData,
      audio: AudioData,
      speech_failed: SpeechFailure,
      speech_stopped: SpeechStop,
    },
    transient: ['sentence_ready', 'audio', 'speech_failed', 'speech_stopped'],
    state: SpeechState,
    background: true,
    takesResets: true,
    givesWay: true,
    run(event, runtime) {
      const before = runtime.getState()
      if (!event.transient) {
        runtime.emit('speech_stopped', { by: event.type, at: runtime.now() })
        runtime.setState(stopSpeech(event.traceId))
        return
      }
      const chunk = event.data as ChunkData
      if (isStopped(before, event.traceId)) return
      const state = stateAt(before, event.traceId, chunk.attempt)
      if (event.type.endsWith('_reset')) {
        runtime.setState({ ...state, next: state.first, lead: '', rest: '' })
        return
      }
      const taken = takeText(state, chunk.text, chunk.final === true)
      runtime.setState(taken.state)
      const speaks = taken.sentences.length > 0 && options.voice !== null && runtime.isRouted('audio')
      const silent = speaks ? {} : ({ silent: true } as const)
      for (const sentence of taken.sentences) runtime.emit('sentence_ready', { ...sentence, ...silent })
      if (!speaks) return
      return speak()

      async function speak(): Promise<void> {
        const voice = options.voice ?? (await defaultSpeech(runtime.services))
        const failures = await speakSentences(voice, taken.sentences, taken.state.failures ?? 0, runtime)
        if (failures !== (taken.state.failures ?? 0)) runtime.setState({ ...taken.state, failures })
      }
    },
  })
}
