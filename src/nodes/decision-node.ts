/** `decisionNode`: the model picks one of several routes. */
import { defineNode } from '../agent/define-node.ts'
import { AgentDefinitionError } from '../core/errors.ts'
import type { Message } from '../core/messages.ts'
import type { NodeDefinition } from '../core/node.ts'
import { WindowData } from '../core/payloads.ts'
import type { ChatRequest } from '../model/chat.ts'
import { modelFaults, readConversation, type ModelOptions } from './model-options.ts'
import { NodeModel } from './node-model.ts'
import type { SupervisedOptions } from '../core/supervision.ts'
import {
  DecisionError,
  namesOfRoutes,
  readRoute,
  routeDataOf,
  routeLines,
  routeSchemaOf,
  type RouteData,
  type Routes,
} from './routes.ts'

/** Options of {@link decisionNode}. */
export interface DecisionNodeOptions<Names extends Routes> extends ModelOptions, SupervisedOptions {
  /** Route names with a description that tells the model when to take each. */
  readonly routes: Names
  /** What the model is told before the routes. Default: that it decides how the conversation goes on. */
  readonly system?: string
  /** The route to take when the model names none (`fallbacks` are models). Default: none, the node fails. */
  readonly fallback?: NoInfer<keyof Names & string>
  /** How often an answer that is no route is sent back for another; a whole number from 0. Default: 2. */
  readonly retries?: number
}

/** The node that {@link decisionNode} makes. */
export type DecisionNode<Names extends Routes> = NodeDefinition<
  typeof WindowData,
  { route: RouteData<keyof Names & string> }
>

/**
 * A node that shows the model the conversation and the routes, and emits the `route` that it picks. The answer is
 * structured output; one that is no route is sent back with what is wrong, `retries` times, then `fallback` is taken.
 * Nothing of it enters the transcript; its tokens count.
 *
 * Its handler throws DecisionError when the model names no route and there is no fallback, and ModelError when the model
 * cannot be called: a fallback is for answers, not for outages.
 *
 * @throws AgentDefinitionError when there are no routes, `fallback` is none of them, `retries` is no
 * whole number from 0, or options of the model are wrong.
 */
export function decisionNode<const Names extends Routes>(options: DecisionNodeOptions<Names>): DecisionNode<Names> {
  const names = namesOfRoutes('decision', options.routes)
  const { fallback, retries = 2 } = options
  const faults = [
    ...(fallback === undefined || names.includes(fallback) ? [] : [`the fallback '${fallback}' is none of the routes`]),
    ...(Number.isInteger(retries) && retries >= 0 ? [] : [`retries is ${retries}, not a whole number from 0`]),
    ...modelFaults(options),
  ]
  if (faults.length > 0) throw new AgentDefinitionError("a node of kind 'decision'", faults)
  const system = systemText(options.system, options.routes)
  const format: ChatRequest['response_format'] = {
    type: 'json_schema',
    json_schema: { name: 'decision', strict: true, schema: routeSchemaOf(names) },
  }

  return defineNode({
    kind: 'decision',
    supervision: options.supervision,
    input: WindowData,
    emits: { route: routeDataOf(names) },
    describe: { routes: { ...options.routes } },
    async run(event, runtime) {
      const { window } = event.data
      const model = new NodeModel(options, runtime, event.id)
      const messages = await readConversation(runtime, window, system)
      let text = ''
      for (let attempt = 0; attempt <= retries; attempt++) {
        const answer = await model.complete((target) => ({ model: target.model, messages, response_format: format }))
        const route = readRoute(answer.text, names)
        if (route !== undefined) {
          runtime.emit('route', { route, window })
          return
        }
        text = answer.text || (answer.refusal ?? '')
        messages.push(...feedback(text, names))
      }
      if (fallback === undefined) throw new DecisionError(runtime.nodeId, text, names, retries + 1)
      runtime.emit('route', { route: fallback, window })
    },
  }) as unknown as DecisionNode<Names>
}

function systemText(system: string | undefined, routes: Routes): string {
  return [
    system ?? 'You decide how a conversation goes on. You do not answer it.',
    `Choose the route that fits the user's last message best. The routes are:\n${routeLines(routes)}`,
    'Answer with JSON only: {"route": "<name of the route>"}',
  ].join('\n\n')
}

/** The answer that was no route, and what is wrong with it. */
function feedback(answer: string, names: readonly string[]): Message[] {
  return [
    // Some servers refuse an empty message.
    { role: 'assistant', content: answer || '(nothing)' },
    {
      role: 'user',
      content: `That is none of the routes. Answer with JSON only: {"route": "<name>"}, where <name> is one of: ${names.join(', ')}.`,
    },
  ]
}
