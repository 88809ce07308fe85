import { expect, test } from 'vitest'
import { startModelServer } from '../../src/testing/model-server.ts'
import { runTroupe } from './run-troupe.ts'

test.concurrent.each([
  ['length', /As far as it\nthe answer ends here because it met its token limit/],
  ['content_filter', /As far as it\nthe model server's content filter ended the answer here/],
])('an answer cut off by %s says so', async (finishReason, words) => {
  await using server = await startModelServer(() => ({ text: 'As far as it', finishReason }))
  const { code, stdout } = await runTroupe(['chat', 'machines/chat'], {
    lines: ['go on'],
    environment: { OPENAI_BASE_URL: server.baseURL, TROUPE_MODEL: 'm' },
  })
  expect(code).toBe(0)
  expect(stdout).toMatch(words)
})
