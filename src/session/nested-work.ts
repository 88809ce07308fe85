/** What nested sessions are at, and how that is stored and shown. */
import type { CurrentWork, NodeSnapshot } from '../actor/node-logic.ts'
import type { Agent } from '../agent/agent.ts'
import type { AgentEvent } from '../core/events.ts'
import type { ErrorData } from '../core/errors.ts'
import type { Json } from '../core/json.ts'
import type { Delegation, DelegatedTask, NodeState, TaskResult } from '../core/node.ts'
import type { TurnResult } from '../core/turn.ts'
import { addUsage } from '../core/messages.ts'
import { InputError, TroupeError, toErrorData } from '../core/errors.ts'
import { describeIssues, readerOf } from '../core/schema.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { CheckpointTexts } from './checkpoint-text.ts'
import type { StoredDelegations, StoredSlot } from './nested-checkpoints.ts'
import type { NestedCore } from './nested-core.ts'

/** A nested session at work. */
export interface Slot {
  readonly path: string
  readonly name: string
  readonly task: number
  readonly core: NestedCore
  readonly texts: CheckpointTexts
  output: Json | undefined
  /** What its turns that have ended led to. */
  ended: TaskResult | undefined
  /** Text of its stored form; undefined when it has changed since. */
  text: string | undefined
}

/** What the nested sessions of a node are at: one event. */
export interface Work {
  readonly node: string
  readonly event: AgentEvent
  readonly delegation: Delegation
  attempt: number
  /** Asked for when they are needed first. */
  tasks: readonly DelegatedTask[] | undefined
  /** Undefined before it has begun. */
  results: (TaskResult | null)[] | undefined
  readonly slots: Map<string, Slot>
  /** The process that it was in has died: its sessions are to go on. */
  interrupted: boolean
  /** It begins anew after it failed, which whoever took what it streamed is to be told. */
  retried: boolean
  /** Number of its transient events so far. */
  streamed: number
}

/** What a node is at that has just begun. */
export function newWork(node: string, { event, attempt }: CurrentWork, delegation: Delegation): Work {
  return {
    node,
    event,
    delegation,
    attempt,
    tasks: undefined,
    results: undefined,
    slots: new Map(),
    interrupted: false,
    retried: false,
    streamed: 0,
  }
}

/**
 * What the work is about, as the node's schema gives it.
 * @throws InputError; TroupeError `transient_delegation`: what is never stored must not lead to what is.
 */
export function dataOf({ node, event }: Work, nodes: Agent['nodes']): Json {
  const { from, type, data, transient } = event
  if (transient) {
    const message = `Node '${node}' is made of other agents, which cannot handle the transient event '${from}.${type}'. Send it durable ones.`
    throw new TroupeError('transient_delegation', message)
  }
  const schema = nodes[node]?.input
  const parsed = schema && readerOf(schema).read(data)
  if (parsed && !parsed.success)
    throw new InputError(node, `${from}.${type}`, describeIssues(parsed.error), { cause: parsed.error })
  return parsed ? (parsed.data as Json) : data
}

/** Its sessions were begun for other tasks than the node makes of the event now. */
export function tasksChanged(node: string, before: number, now: number): TroupeError {
  const message = `Node '${node}' was at ${before} tasks when the session was stored, and makes ${now} of the same event now. What makes them has changed, or does not always give the same.`
  return new TroupeError('delegation_changed', message)
}

/** As a checkpoint has it. Refers to live state. */
export function checkpointsOf(works: Iterable<Work>): StoredDelegations<Checkpoint> {
  return Object.fromEntries(
    [...works].map(({ node, event, results = [], slots }) => [
      node,
      {
        eventId: event.id,
        results,
        slots: Object.fromEntries(
          [...slots.values()].map((slot) => [slot.name, { ...headOf(slot), session: slot.core.checkpoint() }]),
        ),
      },
    ]),
  )
}

/** The text of the same. */
export function textOfWork(works: Iterable<Work>): string {
  const nodes = [...works].map(({ node, event, results = [], slots }) => {
    const stored = [...slots.values()].map((slot) => `"${slot.name}":${textOf(slot)}`)
    const whole = JSON.stringify({ eventId: event.id, results }).slice(0, -1)
    return `"${node}":${whole},"slots":{${stored.join(',')}}}`
  })
  return `{${nodes.join(',')}}`
}

function textOf(slot: Slot): string {
  const head = JSON.stringify(headOf(slot)).slice(0, -1)
  return (slot.text ??= `${head},"session":${slot.texts.of(slot.core, false)}}`)
}

function headOf({ task, output, ended }: Slot): Omit<StoredSlot<never>, 'session'> {
  return { task, ...(output === undefined ? {} : { output }), ...(ended ? { ended } : {}) }
}

/** What the turns of a slot have led to, with one more that has ended. */
export function withTurn({ path, output = null, ended }: Slot, result: TurnResult): TaskResult {
  const { text, usage, status } = result
  const cancelled = status === 'cancelled' ? toErrorData(new TroupeError('cancelled', `${path} was cancelled.`)) : null
  const error = result.error ?? cancelled
  return {
    text: text === '' ? (ended?.text ?? '') : text,
    output,
    usage: ended ? addUsage(ended.usage, usage) : usage,
    error: ended?.error ?? (error && placed(error, path)),
  }
}

/** Whether nothing is left to do: no turn is open, and background nodes are through with what is never to be lost. */
export function isThrough(core: NestedCore): boolean {
  if (core.turns().length > 0) return false
  const { ended, children } = core
  return ended || Object.values(children).every((actor) => !hasDurableWork(actor.getSnapshot() as NodeSnapshot))
}

function hasDurableWork({ current, inbox }: NodeSnapshot): boolean {
  return [...(current ? [current.event] : []), ...inbox].some(({ transient }) => !transient)
}

/** When one of the sessions has to be woken. */
export function dueOf(works: Iterable<Work>): number | null {
  let due: number | null = null
  for (const { slots } of works) for (const { core } of slots.values()) due = earliest(due, core.due())
  return due
}

/** The earlier of two times; null stands for never. */
export function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b)
}

/** The states of the nodes of its sessions, by path. */
export function statesOf({ slots }: Work): Record<string, NodeState> {
  const states = [...slots.values()].flatMap(({ path, core }) =>
    Object.entries(core.nodeStates()).map(([inner, state]) => [`${path}/${inner}`, prefixed(state, path)] as const),
  )
  return Object.fromEntries(states)
}

function prefixed(state: NodeState, path: string): NodeState {
  if (!state.nodes) return state
  const nodes = Object.entries(state.nodes).map(([inner, each]) => [`${path}/${inner}`, prefixed(each, path)] as const)
  return { ...state, nodes: Object.fromEntries(nodes) }
}

/** A failure with the path of the node that it happened at. */
function placed(failure: ErrorData, path: string): ErrorData {
  return failure.node === undefined ? { ...failure, node: path } : { ...failure, node: `${path}/${failure.node}` }
}
