/** The port behind which a voice speaks: a sentence in, audio out. */
import { TroupeError } from '../../core/errors.ts'

declare module '../../core/node.ts' {
  interface Services {
    /** Voice of nodes that speak; null for none. Default: see `defaultSpeech`. */
    readonly speech?: SpeechSynthesizer | null
  }
}

/** How audio is written: a WAV or MP3 file, or bare samples (16 bits, little-endian, one channel). */
export type AudioFormat = 'wav' | 'mp3' | 'pcm'

/** One spoken sentence. */
export interface SpeechAudio {
  readonly format: AudioFormat
  /** A file of its own in that format; for `pcm`, the samples. */
  readonly data: Uint8Array
  /** How long it plays; estimated from the text where the format does not say (`mp3`). */
  readonly seconds: number
  /** Samples a second; undefined where the format does not say. */
  readonly rate?: number | undefined
}

/** A voice. */
export interface SpeechSynthesizer {
  /** Names the voice, for messages. */
  readonly name: string
  /** Speaks a sentence. Rejects with a SpeechError, a ModelError, or what `signal` was aborted with; then nothing is left at work. */
  synthesize(text: string, options: { readonly signal: AbortSignal }): Promise<SpeechAudio>
}

/** Stable codes of {@link SpeechError}. */
export type SpeechErrorCode =
  'speech_not_installed' | 'speech_failed' | 'speech_language' | 'speech_too_large' | 'speech_empty'

/** A voice could not speak a sentence. */
export class SpeechError extends TroupeError {
  declare readonly code: SpeechErrorCode
  readonly voice: string

  constructor(code: SpeechErrorCode, voice: string, reason: string, options?: { cause?: unknown }) {
    super(code, `The voice '${voice}' ${reason}`, options)
    this.voice = voice
  }
}

/** The most bytes of audio that a sentence may have: two minutes of 16-bit samples at 16 kHz. */
export const maxAudioBytes = 4_000_000

/** Collects pieces of audio up to {@link maxAudioBytes}. */
export class AudioBytes {
  readonly #voice: string
  readonly #pieces: Uint8Array[] = []
  #size = 0

  constructor(voice: string) {
    this.#voice = voice
  }

  /** @throws SpeechError of code `speech_too_large`. */
  add(piece: Uint8Array): void {
    this.#size += piece.byteLength
    if (this.#size > maxAudioBytes) {
      const reason = `made more than ${maxAudioBytes} bytes of one sentence. Use a format or rate with fewer.`
      throw new SpeechError('speech_too_large', this.#voice, reason)
    }
    this.#pieces.push(piece)
  }

  whole(): Uint8Array {
    return Buffer.concat(this.#pieces, this.#size)
  }
}

/** Seconds that a text takes to say, near enough: 15 letters a second, 4 of Chinese or Japanese. */
export function estimateSeconds(text: string): number {
  const wide = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0
  return wide / 4 + (text.length - wide) / 15
}
