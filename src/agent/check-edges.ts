/** Faults of edges, for definitions that no compiler has seen. */
import type { NodeDefinition, Schema } from '../core/node.ts'
import { ErrorEventData, UserInput } from '../core/payloads.ts'
import { builtInGuards } from './guards.ts'
import { jsonFormOf, misfits, routesOf } from './json-form.ts'
import { LimitData, TurnEndedData } from './turn-data.ts'
import { edgesByEvent, readEdges, targetsOf, type EdgeDefinition, type WiredEdge } from './wiring.ts'

/** Nodes and signals by name; undefined where a fault of their own has been told already. */
export type KnownNodes = ReadonlyMap<string, NodeDefinition | undefined>
export type KnownInputs = ReadonlyMap<string, Schema | undefined>

/** Events of one source with the schema of their data; undefined when they cannot be told. */
type Events = ReadonlyMap<string, Schema | undefined>

const edgeKeys = ['from', 'on', 'to', 'when', 'map']
const targetKeys = ['node', 'when', 'map']
const predicateName = /^[A-Za-z][\w-]*$/

/** Every fault of the edges, each with the place of its edge. */
export function edgeFaults(nodes: KnownNodes, inputs: KnownInputs, edges: readonly unknown[]): string[] {
  const sources = sourcesOf(nodes, inputs)
  const faults: string[] = []
  const sound: EdgeDefinition[] = []
  const places: string[] = []
  edges.forEach((edge, index) => {
    const place = placeOf(index, edge)
    const own = shapeFaults(edge)
    if (own.length === 0) own.push(...wiringFaults(nodes, sources, edge as EdgeDefinition))
    faults.push(...own.map((fault) => `${place}: ${fault}`))
    if (own.length > 0) return
    sound.push(edge as EdgeDefinition)
    places.push(place)
  })
  faults.push(...predicateFaults(sound))
  // What is said of all edges together would only repeat what is wrong with one of them.
  if (sound.length < edges.length) return faults
  const wired = readEdges(sound)
  return [...faults, ...shadowFaults(wired, places), ...routeFaults(sources, wired), ...reachFaults(nodes, wired)]
}

function sourcesOf(nodes: KnownNodes, inputs: KnownInputs): Map<string, Events | undefined> {
  const sources = new Map<string, Events | undefined>([
    ['input', new Map([...inputs, ['user_input', UserInput]])],
    [
      'turn',
      new Map<string, Schema>([
        ['limit_reached', LimitData],
        ['ended', TurnEndedData],
      ]),
    ],
  ])
  for (const [id, node] of nodes)
    sources.set(id, node && new Map([...Object.entries(node.emits), ['error', ErrorEventData]]))
  return sources
}

function placeOf(index: number, edge: unknown): string {
  const { from, on } = (edge ?? {}) as { from?: unknown; on?: unknown }
  return typeof from === 'string' && typeof on === 'string' ? `edge ${index} '${from}.${on}'` : `edge ${index}`
}

/** Faults that can be seen without knowing the nodes. */
function shapeFaults(edge: unknown): string[] {
  if (!isRecord(edge)) return ['an edge is an object { from, on, to }']
  const { from, on, to, when, map } = edge
  const targets: readonly unknown[] = Array.isArray(to) ? to : [to]
  return [
    ...unknownKeys('an edge', edge, edgeKeys),
    ...(typeof from === 'string' ? [] : [`'from' must name a node`]),
    ...(typeof on === 'string' ? [] : [`'on' must name an event`]),
    ...(targets.length > 0 ? [] : [`'to' names no target`]),
    ...targets.flatMap((target) => targetShapeFaults(target, Array.isArray(to))),
    ...(typeof when === 'string' ? [] : predicateShapeFaults(when)),
    ...mapShapeFaults(map),
  ]
}

function targetShapeFaults(target: unknown, inArray: boolean): string[] {
  if (typeof target === 'string') return []
  if (!inArray || !isRecord(target) || typeof target['node'] !== 'string')
    return [`'to' must name a node, or be an array of names and objects { node, when, map }`]
  return [
    ...unknownKeys('a target', target, targetKeys),
    ...predicateShapeFaults(target['when']),
    ...mapShapeFaults(target['map']),
  ]
}

function unknownKeys(what: string, value: object, known: readonly string[]): string[] {
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => `${what} has no '${key}' (it has: ${known.join(', ')})`)
}

function predicateShapeFaults(when: unknown): string[] {
  if (when === undefined) return []
  if (!isRecord(when) || typeof when['name'] !== 'string' || typeof when['test'] !== 'function')
    return [`'when' must be a route or a predicate { name, test }`]
  const { name } = when
  if (Object.hasOwn(builtInGuards, name)) return [`predicate '${name}' has the name of a built-in guard`]
  return predicateName.test(name) ? [] : [`name of predicate '${name}' must match ${predicateName.source}`]
}

function mapShapeFaults(map: unknown): string[] {
  return map === undefined || typeof map === 'function' ? [] : [`'map' must be a function`]
}

/** Faults of a well-shaped edge: what the compiler would say of it. */
function wiringFaults(
  nodes: KnownNodes,
  sources: ReadonlyMap<string, Events | undefined>,
  edge: EdgeDefinition,
): string[] {
  const { from, on, to, when, map } = edge
  const names = targetsOf(to).map(({ node }) => node)
  const targetFaults = [
    ...unique(names).flatMap((name) => targetFault(name, nodes, sources)),
    ...unique(names.filter((name, index) => names.indexOf(name) !== index)).map(
      (name) => `'${name}' is a target twice`,
    ),
  ]
  const events = sources.get(from)
  if (!events) return [...targetFaults, ...(sources.has(from) ? [] : [`no node '${from}' (${list(sources.keys())})`])]
  const schema = events.get(on)
  if (!schema)
    return [
      ...targetFaults,
      ...(events.has(on) ? [] : [`node '${from}' has no event '${on}' (it has: ${join(events.keys())})`]),
    ]
  const form = jsonFormOf(schema, 'output')
  const unfit = targetsOf(to).filter(({ node, map: own }) => {
    const input = nodes.get(node)?.input
    return !own && !map && input && misfits(form, jsonFormOf(input, 'input'))
  })
  return [
    ...targetFaults,
    ...(typeof when === 'string' ? routeFault(`${from}.${on}`, when, routesOf(form)) : []),
    ...unique(unfit.map(({ node }) => node)).map(
      (node) => `'${from}.${on}' does not fit the input of '${node}': give a map`,
    ),
  ]
}

function targetFault(name: string, nodes: KnownNodes, sources: ReadonlyMap<string, unknown>): string[] {
  if (name === 'output' || nodes.has(name)) return []
  if (sources.has(name)) return [`no node '${name}' to send to: events only come from there`]
  return [`no node '${name}' (${list([...nodes.keys(), 'output'])})`]
}

function routeFault(event: string, route: string, routes: readonly string[]): string[] {
  if (routes.includes(route)) return []
  if (routes.length === 0) return [`'${event}' is no decision, so 'when' cannot be the route '${route}'`]
  return [`'${event}' has no route '${route}' (it has: ${join(routes)})`]
}

/** A predicate is known by its name, so one name must mean one function. */
function predicateFaults(edges: readonly EdgeDefinition[]): string[] {
  const tests = new Map<string, unknown>()
  const faulty = new Set<string>()
  for (const { to, when } of edges) {
    for (const predicate of [when, ...targetsOf(to).map((target) => target.when)]) {
      if (typeof predicate !== 'object') continue
      const { name, test } = predicate
      if (tests.has(name) && tests.get(name) !== test) faulty.add(name)
      tests.set(name, test)
    }
  }
  return [...faulty].map(
    (name) => `predicate '${name}' stands for several functions: give each its own name, or share one`,
  )
}

/** Edges that are never tried, since one before them takes all that they could. */
function shadowFaults(edges: readonly WiredEdge[], places: readonly string[]): string[] {
  return [...edgesByEvent(edges).values()].flatMap((candidates) => {
    const seen = new Map<string | undefined, WiredEdge>()
    return candidates.flatMap((edge) => {
      const condition =
        typeof edge.when === 'object' ? `predicate '${edge.when.name}'` : edge.when && `route '${edge.when}'`
      const before = seen.get(undefined) ?? seen.get(condition)
      if (!before) seen.set(condition, edge)
      const place = (of: WiredEdge): string => places[edges.indexOf(of)] ?? ''
      if (!before) return []
      const reason = before.when === undefined ? 'has no condition' : `has the ${condition} already`
      return `${place(edge)}: is never taken: ${place(before)} before it ${reason}`
    })
  })
}

function routeFaults(sources: ReadonlyMap<string, Events | undefined>, edges: readonly WiredEdge[]): string[] {
  const byEvent = edgesByEvent(edges)
  return [...sources].flatMap(([from, events]) => {
    if (from === 'input' || from === 'turn') return []
    return [...(events ?? [])].flatMap(([event, schema]) => {
      const handled = (byEvent.get(`${from}.${event}`) ?? []).map(({ when }) => when)
      if (!schema || handled.includes(undefined)) return []
      return routesOf(jsonFormOf(schema, 'output'))
        .filter((route) => !handled.includes(route))
        .map((route) => `route '${route}' of '${from}.${event}' has no edge`)
    })
  })
}

/** Nodes that no event can ever get to. */
function reachFaults(nodes: KnownNodes, edges: readonly WiredEdge[]): string[] {
  const reached = new Set(['input', 'turn'])
  // A set that grows while it is walked: each node is visited once.
  for (const node of reached)
    for (const { from, targets } of edges) if (from === node) targets.forEach((target) => reached.add(target.node))
  return [...nodes.keys()]
    .filter((id) => !reached.has(id))
    .map((id) => `node '${id}' is never reached: no edges lead from 'input' to it`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}

function join(names: Iterable<string>): string {
  return [...names].join(', ')
}

function list(names: Iterable<string>): string {
  return `there are: ${join(names)}`
}
