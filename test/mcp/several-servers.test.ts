import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defineTool, mcpTools, ToolDefinitionError, z } from 'troupe'
import { call, ownServer, published, temporaryFolder } from './servers.ts'

test('tools of several servers and your own stand in one list, each under the name of its server', async () => {
  const clock = defineTool({ name: 'clock', description: 'x', parameters: z.object({}), run: () => 'noon' })
  const graph = published('memory')
  const environment = { MEMORY_FILE_PATH: join(temporaryFolder(), 'graph.jsonl') }
  await using both = await mcpTools(
    { graph: { ...graph, env: environment, prefix: 'g_', only: ['create_entities', 'read_graph'] }, own: ownServer() },
    { tools: [clock] },
  )
  expect(both.tools.map(({ name }) => name)).toEqual([
    'clock',
    'g_create_entities',
    'g_read_graph',
    'own__pid',
    'own__die',
    'own__die_reading',
    'own__odd_name_here',
    'own__wipe',
    'own__refuse',
    'own__add',
    'own__wait',
  ])
  await call(both, 'g_create_entities', { entities: [{ name: 'Ada', entityType: 'person', observations: ['counts'] }] })
  expect(await call(both, 'g_read_graph')).toContain('"counts"')
  expect(await call(both, 'own__odd_name_here')).toBe('odd')
})

test('two tools of one name are refused, and no server is left', async () => {
  const server = ownServer()
  const opened = mcpTools({ one: { ...server, prefix: '' }, two: { ...server, prefix: '' } })
  await expect(opened).rejects.toThrow(ToolDefinitionError)
})
