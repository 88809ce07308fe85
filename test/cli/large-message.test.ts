import { expect, test } from 'vitest'
import { eventsOf, runTroupe, textsOf } from './run-troupe.ts'

test('a message of 1 MB is answered, and so is the next one', async () => {
  const large = 'lorem ipsum '.repeat(87_382)
  const { code, stdout } = await runTroupe(['chat', 'machines/assistant', '--json'], { lines: [large, 'What is 6*7?'] })
  expect(code).toBe(0)
  const events = eventsOf(stdout)
  expect(String(events[0]?.['text'])).toHaveLength(large.length)
  expect(textsOf(events)[1]).toContain('42')
})
