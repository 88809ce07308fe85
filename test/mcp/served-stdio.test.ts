import { expect, test, vi } from 'vitest'
import { ask, stdioClient } from './agent-client.ts'
import { isAlive } from './servers.ts'

test('`troupe mcp` serves an agent over its standard input and output, and ends with its client', async () => {
  vi.stubEnv('OPENAI_API_KEY', '')
  const { client, pid } = await stdioClient('mcp', 'machines/chat')
  const server = pid()
  const heard: unknown[] = []
  const { answer } = await ask(client, 'chat', { message: 'My name is Ada.', session_id: 'ada' }, (message) =>
    heard.push(message),
  )
  expect(answer.status).toBe('completed')
  // The client drops what arrives together with the answer.
  expect(heard[0]).not.toBe('')
  expect(answer.text.startsWith(heard.join(''))).toBe(true)
  const again = await ask(client, 'chat', { message: 'What is my name?', session_id: 'ada' })
  expect(again.answer.text).toContain('Ada')
  await client.close()
  await vi.waitFor(() => expect(isAlive(server ?? 0)).toBe(false), { timeout: 10_000 })
})
