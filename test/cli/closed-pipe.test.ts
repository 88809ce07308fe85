import { expect, test } from 'vitest'
import { runTroupe } from './run-troupe.ts'

test('a reader that goes away ends the chat quietly', async () => {
  const { code, stderr } = await runTroupe(['chat', 'machines/chat'], {
    lines: Array.from({ length: 200 }, (_, index) => `message ${index}`),
    on: { text: 'message 1', call: (child) => child.stdout?.destroy() },
  })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})
