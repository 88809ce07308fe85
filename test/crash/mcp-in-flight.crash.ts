import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, vi } from 'vitest'
import { isAlive } from '../mcp/servers.ts'
import { Life } from './life.ts'

test('a call of an MCP tool that kill -9 interrupts is not made again: the model is told that nobody knows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-mcp-crash-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const log = join(folder, 'log')
  const linesOf = (file: string): string[] => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [])
  const environment = {
    TROUPE_MCP_SERVER: fileURLToPath(new URL('../mcp/own-server.js', import.meta.url)),
    TROUPE_MCP_LOG: log,
  }
  const start = { op: 'start', url: `sqlite:${join(folder, 's.db')}`, effects: join(folder, 'effects') } as const
  const open = { op: 'open', session: 'caller', agent: 'mcp_caller' } as const
  const message = ['caller', 'client-1', 'own wait'] as const

  const first = new Life(environment)
  await first.ask(start)
  await first.ask(open)
  first.send(...message)
  await vi.waitFor(() => expect(linesOf(log)).toContain('wait'), { timeout: 20_000 })
  first.kill()
  expect(await first.ended).toBe('SIGKILL')
  // Its server has lost its client, and ends.
  const [server] = linesOf(`${log}.pids`).map(Number)
  await vi.waitFor(() => expect(isAlive(server ?? 0)).toBe(false), { timeout: 20_000 })

  const second = new Life(environment)
  await second.ask(start)
  await second.ask(open)
  expect(await second.send(...message).result).toMatchObject({ traceId: 'caller/0.1', status: 'completed' })
  const messages = await second.ask<{ role: string; content: string }[]>({ op: 'messages', session: 'caller' })
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant'])
  expect(messages[2]?.content).toContain('the outcome of this call is unknown')
  expect(linesOf(log).filter((line) => line === 'wait')).toHaveLength(1)
  await second.ask({ op: 'end' })
  expect(await second.ended).toBe(0)
})
