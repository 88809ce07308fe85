import { expect, test } from 'vitest'
import { isAlive } from '../mcp/servers.ts'
import { runTroupe } from './run-troupe.ts'

test('an agent file starts a server at its top level; with the chat that ends, too', async () => {
  const { code, stdout, stderr } = await runTroupe(['chat', 'test/cli/mcp-agent.ts', '--quiet'], { lines: ['own pid'] })
  expect([stderr, code]).toEqual(['', 0])
  const [, pid] = /own__pid returned: (\d+)/.exec(stdout) ?? []
  expect(isAlive(Number(pid))).toBe(false)
})
