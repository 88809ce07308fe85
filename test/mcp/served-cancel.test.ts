import { expect, test, vi } from 'vitest'
import type { Agent } from 'troupe'
import { hold, scriptedModel } from 'troupe/testing'
import { toolLoop } from '../scenarios/agents.ts'
import { startServing } from '../server/serving.ts'
import { httpClient } from './agent-client.ts'

test('a client that closes its connection cancels the turn', async () => {
  const rest = hold()
  const model = scriptedModel([{ text: ['Hel', rest, 'lo.'] }])
  const { url, pool } = await startServing({
    agents: [toolLoop as unknown as Agent],
    poolOptions: { client: model.client },
  })
  const ended: string[] = []
  pool.on('turn', ({ result }) => ended.push(result.status))
  const client = await httpClient(`${url}/mcp`)
  const call = client.callTool({ name: 'ask_tool_loop', arguments: { message: 'hi' } })
  const refused = expect(call).rejects.toThrow()
  await rest.reached
  await client.close()
  await refused
  await vi.waitFor(() => expect(ended).toEqual(['cancelled']))
  rest.release()
})
