/** What a program that writes WAV has said. */
import { SpeechError, type SpeechAudio } from './speech-synthesizer.ts'
import { readWav, writeWav } from './wav.ts'

/** The audio of a WAV file, with a header that is right. Throws a SpeechError where nothing can be heard in it. */
export function speechOfWav(voice: string, bytes: Uint8Array): SpeechAudio {
  const wav = readWav(bytes)
  if (!wav) throw new SpeechError('speech_failed', voice, `wrote ${bytes.byteLength} bytes that are no WAV file.`)
  if (wav.samples.byteLength === 0) throw new SpeechError('speech_empty', voice, 'said nothing of the sentence.')
  return { format: 'wav', data: writeWav(wav), seconds: wav.seconds, rate: wav.rate }
}
