import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { fliteSpeech } from '../../../src/model/speech/flite-speech.ts'
import { readWav } from '../../../src/model/speech/wav.ts'

// The module takes its time to compile where other tests run beside.
vi.setConfig({ testTimeout: 60_000 })

const never = new AbortController().signal
const folders = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('troupe-flite-'))

/** How loud samples are on average, 0 to 32,767. */
function loudness(samples: Uint8Array): number {
  const view = new DataView(samples.buffer, samples.byteOffset, samples.byteLength)
  let sum = 0
  for (let at = 0; at < samples.byteLength; at += 2) sum += view.getInt16(at, true) ** 2
  return Math.sqrt(sum / (samples.byteLength / 2))
}

test('flite speaks English as WAV that can be heard, in a thread, with no warning and nothing left in the file system', async () => {
  const before = await folders()
  const voice = fliteSpeech()
  let turns = 0
  let speaking = true
  const loop = (async () => {
    while (speaking) {
      turns++
      await setImmediate()
    }
  })()
  const [short, long] = await Promise.all([
    voice.synthesize('Hello.', { signal: never }),
    voice.synthesize('The museum opens at nine, and it closes at five every day.', { signal: never }),
  ])
  speaking = false
  await loop
  for (const { format, data, seconds, rate } of [short, long]) {
    const wav = readWav(data)
    expect({ format, rate }).toEqual({ format: 'wav', rate: 16_000 })
    expect(wav).toMatchObject({ rate: 16_000, channels: 1, bitsPerSample: 16, seconds })
    expect(loudness(wav?.samples as Uint8Array)).toBeGreaterThan(300)
  }
  expect(short.seconds).toBeGreaterThan(0.3)
  expect(long.seconds).toBeGreaterThan(2 * short.seconds)
  // The event loop went on meanwhile.
  expect(turns).toBeGreaterThan(100)
  expect(await folders()).toEqual(before)
})

test('a sentence that is cancelled ends its thread at once, and the next one is spoken by another', async () => {
  const before = await folders()
  const voice = fliteSpeech()
  const controller = new AbortController()
  const endless = voice.synthesize('And so on, and so on. '.repeat(2_000), { signal: controller.signal })
  const behind = voice.synthesize('After that.', { signal: never })
  await setImmediate()
  controller.abort(new Error('enough'))
  await expect(endless).rejects.toThrow('enough')
  expect((await behind).seconds).toBeGreaterThan(0.3)
  expect(await folders()).toEqual(before)
})

test('what looks like an option or a command is only said, and another language is refused by name', async () => {
  const voice = fliteSpeech({ voice: 'kal16' })
  expect((await voice.synthesize('-o /etc/passwd $(ls)', { signal: never })).seconds).toBeGreaterThan(0.5)
  await expect(voice.synthesize('你好。', { signal: never })).rejects.toMatchObject({ code: 'speech_language' })
})
