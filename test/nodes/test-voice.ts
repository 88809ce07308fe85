/** A voice for tests: real WAV files of silence, a second for each ten characters, that come when the test lets them. */
import type { SpeechSynthesizer } from '../../src/model/speech/speech-synthesizer.ts'
import { writeWav } from '../../src/model/speech/wav.ts'
import { gate, type Gate } from '../setup/gate.ts'

export interface TestVoice extends SpeechSynthesizer {
  /** The sentences that it was asked for, in order. */
  readonly asked: string[]
  /** Those that it was cancelled in. */
  readonly cancelled: string[]
  /** The most sentences that it was at, at one time. */
  readonly most: number
  /** Makes a sentence wait at a gate. */
  hold(text: string): Gate
  /** Lets the next so many sentences fail. */
  fail(times: number): void
}

const rate = 8_000

export function testVoice(): TestVoice {
  const gates = new Map<string, Gate>()
  const asked: string[] = []
  const cancelled: string[] = []
  let failing = 0
  let speaking = 0
  let most = 0
  return {
    name: 'test',
    asked,
    cancelled,
    get most() {
      return most
    },
    hold(text) {
      const made = gate()
      gates.set(text, made)
      return made
    },
    fail: (times) => void (failing = times),
    async synthesize(text, { signal }) {
      asked.push(text)
      signal.addEventListener('abort', () => void cancelled.push(text))
      most = Math.max(most, ++speaking)
      try {
        await gates.get(text)?.pass()
        if (failing > 0) {
          failing--
          throw new Error('hoarse')
        }
      } finally {
        speaking--
      }
      const seconds = text.length / 10
      const samples = new Uint8Array(seconds * rate * 2)
      return { format: 'wav', data: writeWav({ rate, channels: 1, bitsPerSample: 16, samples }), seconds, rate }
    },
  }
}
