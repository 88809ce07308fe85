import { expect, test, vi } from 'vitest'
import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { agentWith, openOwn } from './servers.ts'

test('a tool that a server comes up with later is offered and called without a new agent', async () => {
  const { own } = await openOwn()
  const model = scriptedModel([
    { toolCalls: [{ name: 'own__add', args: { name: 'fresh' } }] },
    'Added.',
    { toolCalls: [{ name: 'own__fresh', args: {} }] },
    'Called.',
  ])
  await using session = await openSession(agentWith(own), { client: model.client })
  await session.send('Add a tool').result
  await vi.waitFor(() => expect(own.tools.map(({ name }) => name)).toContain('own__fresh'), { timeout: 10_000 })
  expect(await session.send('Call it').result).toMatchObject({ status: 'completed', text: 'Called.' })
  const offered = (request: number) =>
    model.requests[request]?.tools?.map((tool) => (tool.type === 'function' ? tool.function.name : ''))
  expect(offered(0)).not.toContain('own__fresh')
  expect(offered(2)).toContain('own__fresh')
  expect(model.requests[3]?.messages.at(-1)?.content).toBe('fresh is new')
})
