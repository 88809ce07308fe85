/** Routes of a decision: their schema, how a model is shown them, and the error when it names none of them. */
import { z } from 'zod'
import { AgentDefinitionError, TroupeError } from '../core/errors.ts'
import { MessageWindow } from '../core/messages.ts'
import type { Payload } from './payload.ts'

/** Route names with a description that tells the model when to take each. */
export type Routes = Readonly<Record<string, string>>

/** `route`: what a decision emits; edges pick a route by name. */
export type RouteData<Names extends string> = Payload<{ route: Names; window: MessageWindow }>

/** The model named no route of the decision, however often it was asked. */
export class DecisionError extends TroupeError {
  /** What the model answered last. */
  readonly answer: string
  readonly routes: readonly string[]

  constructor(node: string, answer: string, routes: readonly string[], attempts: number) {
    super(
      'no_decision',
      `Node '${node}' got no decision: asked ${attempts} ${attempts === 1 ? 'time' : 'times'}, the model last answered ` +
        `${answer === '' ? 'nothing' : `'${shorten(answer)}'`}, but the routes are ${routes.join(', ')}. ` +
        'Describe the routes more clearly, or handle this error with an edge; a decisionNode also takes a fallback.',
    )
    this.answer = answer
    this.routes = routes
  }
}

/**
 * Names of the routes.
 * @throws AgentDefinitionError when there are none, or one is empty or spans lines.
 */
export function namesOfRoutes(kind: string, routes: Routes): string[] {
  const names = Object.keys(routes)
  const faults = names
    .filter((name) => name.trim() === '' || /[\r\n]/.test(name))
    .map((name) => `the route ${JSON.stringify(name)} needs a name of one line`)
  if (names.length === 0) faults.push('it needs at least one route: routes: { name: description }')
  if (faults.length > 0) throw new AgentDefinitionError(`a node of kind '${kind}'`, faults)
  return names
}

/** The routes as lines `- name: description`. */
export function routeLines(routes: Routes): string {
  return Object.entries(routes)
    .map(([name, description]) => `- ${name}: ${description.replace(/\s+/g, ' ').trim()}`)
    .join('\n')
}

/** Schema of a `route` event with exactly these names. */
export function routeDataOf(names: readonly string[]): RouteData<string> {
  return z.object({ route: z.enum(names), window: MessageWindow })
}

/** JSON Schema of the model's answer, in the form that strict structured output asks for. */
export function routeSchemaOf(names: readonly string[]): Record<string, unknown> {
  return {
    type: 'object',
    properties: { route: { type: 'string', enum: [...names] } },
    required: ['route'],
    additionalProperties: false,
  }
}

/** The route that a model's JSON text names; undefined when it names none of these. */
export function readRoute(text: string, names: readonly string[]): string | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    const route = typeof answer === 'object' && answer !== null && 'route' in answer ? answer.route : undefined
    return typeof route === 'string' && names.includes(route) ? route : undefined
  } catch {
    return undefined
  }
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)} …` : text
}
