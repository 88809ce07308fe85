import { expect, test } from 'vitest'
import { eventsOf, pathsOf, runTroupe, textsOf } from '../cli/run-troupe.ts'

test('the smallest agent remembers', async () => {
  const { stdout } = await runTroupe(['chat', 'machines/chat', '--json'], {
    lines: ['My name is Ada.', 'What is my name?'],
  })
  const events = eventsOf(stdout)
  expect(pathsOf(events)).toEqual(['memory → llm → output', 'memory → llm → output'])
  expect(textsOf(events)[1]).toContain('Ada')
})
