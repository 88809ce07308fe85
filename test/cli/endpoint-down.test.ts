import { expect, test } from 'vitest'
import { startModelServer } from '../../src/testing/model-server.ts'
import { runTroupe } from './run-troupe.ts'

test('a server that is not there fails the turn, says where and what to do, and ends with 1', async () => {
  const server = await startModelServer([])
  await server.close()
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/chat'], {
    lines: ['hello'],
    environment: { OPENAI_BASE_URL: server.baseURL },
  })
  expect(code).toBe(1)
  expect(stdout).toContain('memory completed, llm failed')
  expect(stderr).toMatch(
    /^error: llm: Model 'gpt-4.1-mini' at http:\S+ cannot be reached: .*Is the server running\?.*\n$/,
  )
})
