/** Random agents for property tests: any wiring between nodes, with fan-out, whose hops count down to the output. */
import fc from 'fast-check'
import { z } from 'zod'
import type { Supervision } from '../../src/core/supervision.ts'
import { defineAgent, defineNode, type Agent, type NodeDefinition } from '../setup/engine.ts'
import { untilAborted } from './agents.ts'

/** For each node, the nodes that its `hop` goes to, and how often it emits one. */
export interface AgentShape {
  readonly targets: readonly (readonly number[])[]
  readonly emits: readonly number[]
  /** Nodes whose first run of an event fails or hangs, and is made again. */
  readonly faults?: readonly ('none' | 'fails' | 'hangs')[]
}

/** Data of a hop: how many are left, and the way it came, so that every event can be told from every other. */
export const Hop = z.object({ left: z.number(), way: z.string() })
export type Hop = z.infer<typeof Hop>

const fault = fc.oneof(
  { weight: 6, arbitrary: fc.constant('none' as const) },
  { weight: 2, arbitrary: fc.constant('fails' as const) },
  { weight: 1, arbitrary: fc.constant('hangs' as const) },
)

/** Shapes of 2 to 6 nodes with one to three targets each; every node leads to the one after it, so all are reached. */
export const agentShape: fc.Arbitrary<AgentShape> = fc.integer({ min: 2, max: 6 }).chain((nodes) => {
  const others = fc.uniqueArray(fc.integer({ min: 0, max: nodes - 1 }), { maxLength: 2 })
  return fc
    .record({
      others: fc.array(others, { minLength: nodes, maxLength: nodes }),
      emits: fc.array(fc.integer({ min: 1, max: 2 }), { minLength: nodes, maxLength: nodes }),
    })
    .map((shape) => ({
      emits: shape.emits,
      targets: shape.others.map((list, node) => [...new Set([(node + 1) % nodes, ...list])]),
    }))
})

/** The same, in which runs fail and hang. Handlers that hang have a millisecond: others may not wait for the event loop. */
export const faultyShape: fc.Arbitrary<AgentShape> = agentShape.chain((shape) => {
  const nodes = shape.targets.length
  return fc.array(fault, { minLength: nodes, maxLength: nodes }).map((faults) => ({ ...shape, faults }))
})

/** What a node emits for an event, as data: the test's own model of the agent. */
export function emitsOf(shape: AgentShape, node: number, hop: Hop): { type: 'hop' | 'done'; data: Hop }[] {
  if (hop.left === 0) return [{ type: 'done', data: { left: 0, way: `${hop.way}>out` } }]
  return Array.from({ length: shape.emits[node] ?? 1 }, (_, index) => ({
    type: 'hop' as const,
    data: { left: hop.left - 1, way: `${hop.way}>${node}.${index}` },
  }))
}

/** Every hop that an input of `left` hops leads to, as `<node>:<way>`, and the ways of what reaches the output. */
export function expectedOf(shape: AgentShape, left: number, way: string): { handled: string[]; outputs: string[] } {
  const handled: string[] = []
  const outputs: string[] = []
  const visit = (node: number, hop: Hop): void => {
    handled.push(`${node}:${hop.way}`)
    for (const { type, data } of emitsOf(shape, node, hop)) {
      if (type === 'done') outputs.push(data.way)
      else for (const target of shape.targets[node] ?? []) visit(target, data)
    }
  }
  visit(0, { left, way })
  return { handled, outputs }
}

function supervisionOf(fault: 'none' | 'fails' | 'hangs' = 'none'): Supervision | undefined {
  const retry = { max: 1, backoff: { initialMs: 0 } }
  return fault === 'none' ? undefined : { retry, timeout: fault === 'hangs' ? 1 : 60_000 }
}

/** Builds the agent of a shape; the first node turns the user's `<left> <way>` into a hop. */
export function agentOf(
  shape: AgentShape,
  beforeHandling: (node: string, eventId: string) => Promise<void> | void,
): Agent {
  const node = (index: number): NodeDefinition =>
    defineNode({
      input: Hop,
      emits: { hop: Hop, done: Hop },
      state: z.object({ handled: z.number() }),
      supervision: supervisionOf(shape.faults?.[index]),
      async run(event, runtime) {
        await beforeHandling(`n${index}`, event.id)
        if (shape.faults?.[index] === 'fails' && runtime.attempt === 1) throw new Error('once')
        if (shape.faults?.[index] === 'hangs' && runtime.attempt === 1) await untilAborted('', runtime)
        runtime.setState({ handled: (runtime.getState()?.handled ?? 0) + 1 })
        runtime.append({ role: 'assistant', content: `${index}:${event.data.way}` })
        for (const { type, data } of emitsOf(shape, index, event.data)) runtime.emit(type, data)
      },
    })
  const names = shape.targets.map((_, index) => `n${index}`)
  const definition = {
    id: 'storm',
    version: 1,
    nodes: Object.fromEntries(names.map((name, index) => [name, node(index)])),
    edges: [
      {
        from: 'input',
        on: 'user_input',
        to: 'n0',
        map: (text: string): Hop => ({ left: Number(text.split(' ')[0]), way: text.split(' ')[1] ?? '' }),
      },
      ...shape.targets.map((targets, index) => ({
        from: `n${index}`,
        on: 'hop',
        to: targets.map((target) => `n${target}`),
      })),
      ...names.map((name) => ({ from: name, on: 'done', to: 'output' })),
    ],
    limits: { maxSteps: 1_000_000, maxInbox: 1_000_000 },
  }
  // The wiring is data here, so the compiler cannot check it; defineAgent does at run time.
  return defineAgent(definition as never) as unknown as Agent
}
