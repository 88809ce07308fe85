import { expect, test } from 'vitest'
import { startModelServer } from '../../src/testing/model-server.ts'
import { hold } from '../../src/testing/script.ts'
import { runTroupe } from './run-troupe.ts'

test('Ctrl-C in a pipe cancels the running turn and leaves, without another turn', async () => {
  const gate = hold()
  await using server = await startModelServer([{ text: ['Half', gate, 'more'] }])
  const { code, stdout } = await runTroupe(['chat', 'machines/chat'], {
    lines: ['first', 'second'],
    environment: { OPENAI_BASE_URL: server.baseURL },
    on: { text: 'Half', call: (child) => child.kill('SIGINT') },
  })
  expect(code).toBe(130)
  expect(stdout).toContain('Half\n')
  expect(stdout).toContain('cancelled')
  expect(stdout).not.toContain('second')
  gate.release()
  await server.idle()
  expect(server.abortedRequests).toBe(1)
})
