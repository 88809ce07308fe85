/** Picks a route: the one whose description shares most words with what the user said. */
import { findArithmetic } from './arithmetic.ts'
import { lastUserText, type JsonSchema, type OfflineRequest, type OfflineTool } from './request.ts'
import { choicesOf, isRequired, propertiesOf, smallestValue } from './schema-values.ts'
import { countShared, wordsOf } from './words.ts'

const general =
  /anything else|everything else|all else|any other|otherwise|\bother\b|\bgeneral|\bdefault\b|\bfallback\b|\bchat\b|small talk|其他|其它|一般|闲聊/i

/** The JSON text that fits `schema`: a choice where it has one, and the smallest values otherwise. */
export function answerInSchema(request: OfflineRequest, schema: JsonSchema): string {
  const smallest = smallestValue(schema, 'The offline stand-in cannot fill this in.')
  const decision = propertiesOf(schema).find(([, property]) => choicesOf(property).length > 1)
  if (!decision || typeof smallest !== 'object' || smallest === null) return JSON.stringify(smallest)
  const [name, property] = decision
  const required = propertiesOf(schema).filter(([each]) => each === name || isRequired(schema, each))
  // Members in the order of the schema, as real models write them.
  const members = required.map(([each]) => [each, (smallest as Record<string, unknown>)[each]])
  const answer = { ...Object.fromEntries(members), [name]: chooseRoute(request, property) }
  return JSON.stringify(answer)
}

/** The route that a tool of routes (a choice, described as `- name: description`) offers for the text; undefined when none fits. */
export function chooseRouteOf(text: string, tool: OfflineTool): Record<string, string> | undefined {
  const [parameter, ...others] = propertiesOf(tool.parameters)
  if (!parameter || others.length > 0) return undefined
  const [name, property] = parameter
  const descriptions = describeRoutes([tool.description])
  if (!choicesOf(property).some((route) => descriptions.has(route))) return undefined
  const { best, open } = compareRoutes(text, choicesOf(property), descriptions)
  // What the general route stands for, an answer of the stand-in is as good for.
  return best.score > 0 && best !== open ? { [name]: best.route } : undefined
}

function chooseRoute(request: OfflineRequest, property: JsonSchema): string {
  const texts = request.messages.filter(({ role }) => role === 'system' || role === 'developer').map(({ text }) => text)
  if (typeof property['description'] === 'string') texts.push(property['description'])
  const { best, open, last } = compareRoutes(lastUserText(request), choicesOf(property), describeRoutes(texts))
  return (best.score > 0 ? best : (open ?? last)).route
}

interface ScoredRoute {
  readonly route: string
  readonly score: number
}

function compareRoutes(
  text: string,
  names: readonly string[],
  descriptions: ReadonlyMap<string, string>,
): { best: ScoredRoute; open: ScoredRoute | undefined; last: ScoredRoute } {
  const spoken = wordsOf(text)
  const computes = findArithmetic(text).length > 0
  const routes = names.map((route) => {
    const about = `${route.replaceAll('_', ' ')} ${descriptions.get(route) ?? ''}`
    const bonus = computes && /calcul|arithmetic|math|计算/i.test(about) ? 2 : 0
    return { route, about, score: countShared(wordsOf(about), spoken) + bonus }
  })
  const best = routes.reduce((a, b) => (b.score > a.score ? b : a))
  return { best, open: routes.find(({ about }) => general.test(about)), last: routes.at(-1) ?? best }
}

/** What texts say of each route, in lines `- name: description`. */
function describeRoutes(texts: readonly string[]): Map<string, string> {
  const lines = texts.join('\n').matchAll(/^\s*[-*•]\s*[`'"]?([\w-]+)[`'"]?\s*[:：]\s*(.+)$/gm)
  return new Map([...lines].map(([, name = '', description = '']) => [name, description]))
}
