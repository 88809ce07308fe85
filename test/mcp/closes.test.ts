import { expect, test } from 'vitest'
import { mcpTools, McpError } from 'troupe'
import { call, isAlive, openOwn, published } from './servers.ts'

test('after close() there is no process, and a call gives an error', async () => {
  const { own } = await openOwn()
  const pid = Number(await call(own, 'own__pid'))
  expect(isAlive(pid)).toBe(true)
  await own.close()
  expect(isAlive(pid)).toBe(false)
  await expect(call(own, 'own__pid')).rejects.toMatchObject({ code: 'mcp_closed', server: 'own' })
})

test.each([
  ['a command that does not exist', { command: 'no-such-command' }, 'mcp_unreachable', 'ENOENT'],
  [
    'a server that ends at once',
    { command: process.execPath, args: ['-e', 'console.error("no disk"); process.exit(3)'] },
    'mcp_unreachable',
    'It said: no disk',
  ],
  ['a URL where nobody listens', { url: 'http://127.0.0.1:9/mcp' }, 'mcp_unreachable', 'cannot be reached'],
  ['neither a command nor a URL', {} as never, 'mcp_options', "either a 'command' or a 'url'"],
  ['no URL', { url: 'here' }, 'mcp_options', "'here' is no URL"],
  [
    'a misspelt needsApproval',
    { url: 'http://localhost', needsApproval: 'write' as 'writes' },
    'mcp_options',
    "'write', not",
  ],
])('%s is an error that says so', async (_title, server, code, reason) => {
  const opened = mcpTools({ some: server })
  await expect(opened).rejects.toThrow(McpError)
  await expect(opened).rejects.toMatchObject({ code, server: 'some' })
  await expect(opened).rejects.toThrow(reason)
})

test('a name in `only` that no tool has is an error that lists those that there are', async () => {
  await expect(mcpTools({ all: { ...published('everything'), only: ['ecko'] } })).rejects.toThrow(
    /MCP server 'all': it has no tool ecko; there are echo, /,
  )
})

test('a result that the server calls an error is one', async () => {
  const { own } = await openOwn()
  const refused = call(own, 'own__refuse')
  await expect(refused).rejects.toMatchObject({ code: 'mcp_call_failed', server: 'own' })
  await expect(refused).rejects.toThrow("MCP server 'own': not today")
})
