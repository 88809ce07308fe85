/** The voice of nodes that were given none. */
import type { Services } from '../../core/node.ts'
import { modelOf } from '../client.ts'
import { espeakSpeech, isEspeakInstalled } from './espeak-speech.ts'
import { fliteSpeech, isFliteInstalled } from './flite-speech.ts'
import { openaiSpeech } from './openai-speech.ts'
import type { SpeechSynthesizer } from './speech-synthesizer.ts'

// One thread of it for all sessions that speak: each takes some 70 MB.
let flite: SpeechSynthesizer | undefined

/**
 * The service `speech` of the session, else OpenAI's voice where the client is one of OpenAI itself (other servers rarely
 * have one: give it to them as `openaiSpeech({ client })`), else eSpeak NG where it is installed, else Flite where its
 * package is (one thread for all that ask), else none: null.
 */
export async function defaultSpeech(services: Services): Promise<SpeechSynthesizer | null> {
  if (services.speech !== undefined) return services.speech
  const { client } = modelOf(services)
  if (/^https:\/\/([\w-]+\.)?api\.openai\.com\//.test(client.baseURL)) return openaiSpeech({ client })
  if (await isEspeakInstalled()) return espeakSpeech()
  if (!isFliteInstalled()) return null
  return (flite ??= fliteSpeech())
}
