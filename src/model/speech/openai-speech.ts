/** `openaiSpeech`: a voice of OpenAI, or of any server with its `/audio/speech`. */
import type OpenAI from 'openai'
import { defaultModelClient, isOffline } from '../client.ts'
import { ModelError, toModelError } from '../model-error.ts'
import {
  AudioBytes,
  estimateSeconds,
  SpeechError,
  type AudioFormat,
  type SpeechAudio,
  type SpeechSynthesizer,
} from './speech-synthesizer.ts'
import { speechOfWav } from './wav-speech.ts'

/** Options of {@link openaiSpeech}. */
export interface OpenaiSpeechOptions {
  /** Default: what the environment names. */
  readonly client?: OpenAI
  /** Default: `gpt-4o-mini-tts`. */
  readonly model?: string
  /** Default: `alloy`. */
  readonly voice?: string
  /** Default: `wav`. */
  readonly format?: AudioFormat
  /** How it is to be said, for models that heed that. Default: nothing. */
  readonly instructions?: string
}

// What OpenAI documents for `pcm`: 16 bits, one channel.
const pcmRate = 24_000

/**
 * A voice that asks a server for each sentence. The body is read as it comes and given up when it is too large or the
 * sentence is cancelled. `synthesize` rejects with a ModelError, or a SpeechError for what is no audio.
 */
export function openaiSpeech(options: OpenaiSpeechOptions = {}): SpeechSynthesizer {
  const { model = 'gpt-4o-mini-tts', voice = 'alloy', format = 'wav', instructions } = options
  const name = `openai:${model}/${voice}`
  return {
    name,
    async synthesize(text, { signal }) {
      const client = options.client ?? defaultModelClient()
      if (isOffline(client)) {
        const reason =
          'needs a server: set OPENAI_API_KEY or OPENAI_BASE_URL. Offline there are fliteSpeech and espeakSpeech.'
        throw new SpeechError('speech_not_installed', name, reason)
      }
      const address = { model, baseURL: client.baseURL }
      const audio = new AudioBytes(name)
      try {
        const response = await client.audio.speech.create(
          { model, voice, input: text, response_format: format, ...(instructions ? { instructions } : {}) },
          { signal },
        )
        if (/json|html/.test(response.headers.get('content-type') ?? '')) {
          const advice = 'Check that the model is one for speech, and that the server has /audio/speech.'
          throw new ModelError('model_bad_answer', { ...address, reason: 'it sent text in place of audio', advice })
        }
        // Leaving the loop by an error gives up the request.
        for await (const piece of response.body ?? []) audio.add(piece)
      } catch (error) {
        if (signal.aborted) throw signal.reason
        throw error instanceof SpeechError || error instanceof ModelError ? error : toModelError(error, address)
      }
      return speechOf(name, format, audio.whole(), text)
    },
  }
}

function speechOf(name: string, format: AudioFormat, data: Uint8Array, text: string): SpeechAudio {
  if (format === 'wav') return speechOfWav(name, data)
  if (data.byteLength === 0) throw new SpeechError('speech_empty', name, 'said nothing of the sentence.')
  if (format === 'mp3') return { format, data, seconds: estimateSeconds(text) }
  return { format, data, seconds: data.byteLength / 2 / pcmRate, rate: pcmRate }
}
