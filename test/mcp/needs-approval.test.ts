import { expect, test } from 'vitest'
import type { McpServerOptions } from 'troupe'
import { call, openOwn } from './servers.ts'

test.each<[string, McpServerOptions['needsApproval'], string[]]>([
  ['those that say they destroy, by default', undefined, ['own__wipe']],
  ['all but those that only read', 'writes', ['own__pid', 'own__die', 'own__wipe']],
  ['none', false, []],
  ['all', true, ['own__pid', 'own__die', 'own__die_reading', 'own__wipe']],
  ['those that a function names', ({ name }) => name === 'pid', ['own__pid']],
])('calls wait for a person of %s', async (_title, needsApproval, expected) => {
  const only = ['pid', 'die', 'die_reading', 'wipe']
  const { own } = await openOwn({ only, ...(needsApproval === undefined ? {} : { needsApproval }) })
  expect(own.tools.filter((tool) => tool.needsApproval).map(({ name }) => name)).toEqual(expected)
})

test('a result that the server calls an error is one', async () => {
  const { own } = await openOwn()
  await expect(call(own, 'own__refuse')).rejects.toMatchObject({ code: 'mcp_call_failed', server: 'own' })
  await expect(call(own, 'own__refuse')).rejects.toThrow("MCP server 'own': not today")
})
