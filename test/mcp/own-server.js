// An MCP server for tests: it dies, changes and waits when it is asked to. What it does it appends to the file that it is given.
import { appendFileSync } from 'node:fs'
import { McpServer } from '@modelcontextprotocol/server'
import { serveStdio } from '@modelcontextprotocol/server/stdio'
import { z } from 'zod'

const [, , log] = process.argv
if (log) appendFileSync(`${log}.pids`, `${process.pid}\n`)
const note = (text) => {
  if (log) appendFileSync(log, `${text}\n`)
}
const say = (text) => ({ content: [{ type: 'text', text }] })
const dies = (name, annotations) => (server) =>
  server.registerTool(name, { description: 'Dies.', inputSchema: z.object({}), annotations }, () => {
    note(name)
    process.exit(1)
  })

serveStdio(() => {
  const server = new McpServer({ name: 'own', version: '1' }, { capabilities: { tools: { listChanged: true } } })
  server.registerTool('pid', { description: 'Tells its process.', inputSchema: z.object({}) }, () =>
    say(String(process.pid)),
  )
  dies('die')(server)
  dies('die_reading', { readOnlyHint: true })(server)
  server.registerTool(
    'odd.name/here',
    { description: 'Has a name that models refuse.', inputSchema: z.object({}) },
    () => say('odd'),
  )
  server.registerTool(
    'wipe',
    { description: 'Wipes.', inputSchema: z.object({}), annotations: { destructiveHint: true } },
    () => say('wiped'),
  )
  server.registerTool('refuse', { description: 'Refuses.', inputSchema: z.object({}) }, () => ({
    ...say('not today'),
    isError: true,
  }))
  server.registerTool(
    'add',
    { description: 'Adds a tool.', inputSchema: z.object({ name: z.string() }) },
    ({ name }) => {
      server.registerTool(name, { description: 'Is new.', inputSchema: z.object({}) }, () => say(`${name} is new`))
      return say('added')
    },
  )
  server.registerTool(
    'wait',
    { description: 'Waits until it is told to stop.', inputSchema: z.object({}) },
    (_args, context) => {
      const { signal } = context.mcpReq
      note('wait')
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          note('told to stop')
          resolve(say('stopped'))
        })
      })
    },
  )
  return server
})
