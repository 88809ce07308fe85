import { expect, test } from 'vitest'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

interface OpenApi {
  readonly openapi: string
  readonly paths: Record<string, Record<string, { summary?: string; responses: Record<string, unknown> }>>
}

test('/openapi.json describes every route in OpenAPI 3.1', async () => {
  const { call } = await startServing({ agents: [wordAgent()] })
  const { body } = (await call('GET', '/openapi.json')) as { body: OpenApi }
  expect(body.openapi).toBe('3.1.0')
  const routes = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  )
  const own = [
    'delete /sessions/{id}',
    'get /agents',
    'get /agents/{id}/graph',
    'get /sessions',
    'get /sessions/{id}',
    'get /sessions/{id}/events',
    'get /sessions/{id}/messages',
    'get /sessions/{id}/snapshot',
    'get /sessions/{id}/trace',
    'post /sessions',
    'post /sessions/{id}/cancel',
    'post /sessions/{id}/messages',
    'post /sessions/{id}/signals',
  ]
  expect(routes).toEqual(expect.arrayContaining(own))
  for (const methods of Object.values(body.paths))
    for (const { summary, responses } of Object.values(methods))
      expect([summary, Object.keys(responses).length > 0]).toEqual([expect.any(String), true])
})

test('the agents that are served are described with their graph', async () => {
  const { call } = await startServing({ agents: [wordAgent()] })
  expect((await call('GET', '/agents')).body).toEqual({ agents: [{ id: 'solo', version: 1, inputs: {} }] })
  const { body } = await call('GET', '/agents/solo/graph')
  expect(body.nodes.map(({ id }: { id: string }) => id)).toEqual(['input', 'worker', 'output'])
  expect((await call('GET', '/agents/nobody/graph')).body.error.code).toBe('agent_not_found')
})
