import { expect, test, vi } from 'vitest'
import { defaultSpeech } from 'troupe'
import { scriptedModel } from 'troupe/testing'

test('all that speak by default with Flite share its one thread', async () => {
  vi.stubEnv('PATH', '')
  const voices = await Promise.all([1, 2].map(() => defaultSpeech({ client: scriptedModel([]).client })))
  expect(voices[0]?.name).toBe('flite:slt')
  expect(voices[1]).toBe(voices[0])
})
