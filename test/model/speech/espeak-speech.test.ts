import { expect, test } from 'vitest'
import { espeakSpeech, isEspeakInstalled } from '../../../src/model/speech/espeak-speech.ts'
import { readWav } from '../../../src/model/speech/wav.ts'
import { isMissing } from '../../conformance/service.ts'

const never = new AbortController().signal
const missing = isMissing('espeak', (await isEspeakInstalled()) ? 'espeak-ng' : undefined)

test('without the program it says what to install', async () => {
  const voice = espeakSpeech({ command: 'espeak-ng-that-is-not-there' })
  await expect(voice.synthesize('Hello.', { signal: never })).rejects.toMatchObject({
    code: 'speech_not_installed',
    message: expect.stringContaining('apt install espeak-ng') as string,
  })
  expect(await isEspeakInstalled('/nowhere')).toBe(false)
})

test('a program that writes no audio, or fails, is told from one that speaks', async () => {
  // Real programs, which do not take these options, or ignore them.
  await expect(espeakSpeech({ command: 'true' }).synthesize('Hello.', { signal: never })).rejects.toMatchObject({
    code: 'speech_failed',
  })
  await expect(espeakSpeech({ command: 'ls' }).synthesize('Hello.', { signal: never })).rejects.toMatchObject({
    code: 'speech_failed',
    message: expect.stringContaining('stdin') as string,
  })
})

test.skipIf(missing)('espeak-ng speaks English and Chinese as WAV, and is killed when it is cancelled', async () => {
  const voice = espeakSpeech()
  for (const text of ['Hello there.', '你好，世界。', '-v nothing; $(ls)']) {
    const { data, seconds } = await voice.synthesize(text, { signal: never })
    expect(readWav(data)?.seconds).toBe(seconds)
    expect(seconds).toBeGreaterThan(0.3)
  }
  const controller = new AbortController()
  const endless = voice.synthesize('And so on. '.repeat(100_000), { signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(endless).rejects.toThrow('enough')
})
