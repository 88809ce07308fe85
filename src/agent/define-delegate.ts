/** `defineDelegate`: a node that is made of other agents. */
import { AgentDefinitionError } from '../core/errors.ts'
import { idPattern } from '../core/events.ts'
import type { Delegation, NodeDefinition, Schema, Schemas } from '../core/node.ts'
import { defineNode, type NodeOptions } from './define-node.ts'

/** What such a node has in common with others. It goes on after a restore where it was. */
export type DelegateOptions<Input extends Schema, Emits extends Schemas> = Omit<
  NodeOptions<Input, Emits, Schema>,
  'state' | 'background' | 'onRestore' | 'takesResets'
> & { readonly kind: string; readonly delegation: Delegation }

/**
 * Defines a node whose work is done by sessions of other agents, inside of its own session.
 * @throws AgentDefinitionError when there are no agents or slots, or the events are faulty.
 */
export function defineDelegate<Input extends Schema, const Emits extends Schemas>(
  options: DelegateOptions<Input, Emits>,
): NodeDefinition<Input, Emits> {
  const { delegation, ...others } = options
  const { agents, slots } = delegation
  const names = Object.keys(agents)
  const faults = [
    ...(names.length > 0 ? [] : ['it is made of no agents: give it at least one']),
    ...names
      .filter((name) => name !== '' && !idPattern.test(name))
      .map((name) => `the name of agent '${name}' must match ${idPattern.source}`),
    ...names
      .filter((name) => typeof (agents[name] as { machine?: unknown } | undefined)?.machine !== 'object')
      .map(
        (name) => `${name === '' ? 'what is given' : `'${name}'`} is no agent: make it with defineAgent or setupAgent`,
      ),
    ...(Number.isInteger(slots) && slots >= 1 ? [] : [`the number of slots is ${slots}, not a whole number from 1`]),
  ]
  if (faults.length > 0) throw new AgentDefinitionError(`a node of kind '${options.kind}'`, faults)
  // What takes its place is never run.
  const node = defineNode({ ...others, run: () => {} })
  return { ...node, handler: { style: 'delegate', delegation } }
}
