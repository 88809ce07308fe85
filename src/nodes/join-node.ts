/** `joinNode`: waits until several branches have delivered. */
import { z } from 'zod'
import { defineNode } from '../agent/define-node.ts'
import { AgentDefinitionError, InputError } from '../core/errors.ts'
import { idPattern } from '../core/events.ts'
import type { NodeDefinition, Schema, Schemas } from '../core/node.ts'
import { describeIssues } from '../core/schema.ts'
import type { SupervisedOptions } from '../core/supervision.ts'
import type { Payload } from './payload.ts'

/** Options of {@link joinNode}. */
export interface JoinNodeOptions<Branches extends Schemas> extends SupervisedOptions {
  /** What has to come: ids of the nodes that the edges come from, each with the schema of its data. */
  readonly branches: Branches
}

/** The node that {@link joinNode} makes. */
export type JoinNode<Branches extends Schemas> = NodeDefinition<
  Payload<z.output<Branches[keyof Branches & string]>>,
  { branches_joined: Payload<{ [Branch in keyof Branches & string]: z.output<Branches[Branch]> }> }
>

/** Turns whose partial joins are kept. */
const maxPartialJoins = 16

const PartialJoins = z.array(z.object({ traceId: z.string(), data: z.record(z.string(), z.json()) }))

/**
 * A node that waits until each of its branches has delivered within one turn, and then emits `branches_joined` with
 * their data by branch. A branch is a node with an edge to this one; with a `map` on the edge, what the map gives counts.
 *
 * - A branch that delivers again before the others have: the newest data win. After the join a new one begins.
 * - A branch that never delivers leaves the join open: the turn ends without `branches_joined`.
 * - Partial joins are kept for 16 turns, which matters only where turns wait for signals beside each other; beyond
 *   that the oldest is forgotten.
 *
 * Data of another node, or data that the branch's schema refuses, fail with InputError.
 *
 * @throws AgentDefinitionError when there are fewer than two branches, or one has a name that no node can have.
 */
export function joinNode<const Branches extends Schemas>(options: JoinNodeOptions<Branches>): JoinNode<Branches> {
  const { branches } = options
  const names = Object.keys(branches)
  const faults = [
    ...(names.length >= 2 ? [] : [`it joins ${names.length} branches: give it two or more`]),
    ...names.filter((name) => !idPattern.test(name)).map((name) => `branch '${name}' must match ${idPattern.source}`),
  ]
  if (faults.length > 0) throw new AgentDefinitionError("a node of kind 'join'", faults)

  return defineNode({
    kind: 'join',
    supervision: options.supervision,
    input: z.union(Object.values(branches) as [Schema, Schema]),
    emits: { branches_joined: z.object(branches) },
    state: PartialJoins,
    describe: { branches: names },
    run(event, runtime) {
      const { from, traceId } = event
      const schema = Object.hasOwn(branches, from) ? branches[from] : undefined
      if (!schema)
        throw new InputError(runtime.nodeId, event.type, `'${from}' is none of its branches (${names.join(', ')}).`)
      const parsed = schema.safeParse(event.data)
      if (!parsed.success)
        throw new InputError(runtime.nodeId, event.type, `branch '${from}': ${describeIssues(parsed.error)}`)

      const joins = runtime.getState() ?? []
      const others = joins.filter((join) => join.traceId !== traceId)
      const known = joins.find((join) => join.traceId === traceId)?.data
      const data = { ...known, [from]: parsed.data as z.infer<typeof PartialJoins>[number]['data'][string] }
      if (names.every((name) => Object.hasOwn(data, name))) {
        runtime.setState(others)
        runtime.emit('branches_joined', data as never)
      } else {
        runtime.setState([...others, { traceId, data }].slice(-maxPartialJoins))
      }
    },
  }) as unknown as JoinNode<Branches>
}
