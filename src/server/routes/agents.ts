/** The agents that are served. */
import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi'
import { graphOf } from '../../agent/graph.ts'
import type { Agent } from '../../agent/agent.ts'
import { AgentNotFoundError } from '../../pool/errors.ts'
import type { ServerEnv, ServerParts } from '../context.ts'
import { AgentGraphSchema, AgentParams, AgentSchema } from '../schemas.ts'
import { answers, json } from './answers.ts'

const list = createRoute({
  method: 'get',
  path: '/agents',
  summary: 'The agents that are served',
  responses: answers({ 200: json('The agents.', z.object({ agents: z.array(AgentSchema) })) }),
})

const graph = createRoute({
  method: 'get',
  path: '/agents/{id}/graph',
  summary: 'Nodes and edges of an agent',
  request: { params: AgentParams },
  responses: answers({ 200: json('The graph.', AgentGraphSchema) }, 404),
})

/** Adds them to the app. */
export function addAgentRoutes(app: OpenAPIHono<ServerEnv>, { pool }: ServerParts): void {
  app.openapi(list, (context) => context.json({ agents: [...pool.agents.values()].map(describe) }, 200))
  app.openapi(graph, (context) => {
    const { id } = context.req.valid('param')
    const agent = pool.agents.get(id)
    if (!agent) throw new AgentNotFoundError(id, [...pool.agents.keys()])
    return context.json(graphOf(agent), 200)
  })
}

function describe({ id, version, inputs }: Agent) {
  const schemas = Object.entries(inputs).map(([name, schema]) => [name, z.toJSONSchema(schema, { io: 'input' })])
  return { id, version, inputs: Object.fromEntries(schemas) as Record<string, unknown> }
}
