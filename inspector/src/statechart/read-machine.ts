/**
 * A machine's definition, as it came over the wire, as the tree that is drawn. XState itself reads the definition: it
 * resolves relative targets, delays and eventless transitions as the running session does.
 */
import { createMachine, type AnyStateNode, type AnyTransitionDefinition } from 'xstate'
import { actionNames, guardName } from './names.ts'

/** A state of the machine. */
export interface ChartState {
  /** XState's id, such as `refund_desk.awaitingApproval`. */
  readonly id: string
  readonly key: string
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  /** The id of the initial state of a compound one. */
  readonly initial: string | undefined
  readonly entry: readonly string[]
  readonly exit: readonly string[]
  /** Sources of invoked actors; those of the nodes are left out, since every session has them all. */
  readonly invoke: readonly string[]
  readonly tags: readonly string[]
  readonly states: readonly ChartState[]
  /** Transitions that lead nowhere: shown inside the state. */
  readonly reactions: readonly ChartTransition[]
}

/** One transition. */
export interface ChartTransition {
  /** `<source id>|<event>|<index among the transitions of that event>`. */
  readonly id: string
  readonly source: string
  readonly targets: readonly string[]
  /** The event's type as the machine has it. */
  readonly event: string
  /** The event as people read it: `after 1 h`, `always`, `done`. */
  readonly label: string
  readonly guard: string | undefined
  readonly actions: readonly string[]
}

/** A machine as a picture needs it. */
export interface Chart {
  readonly root: ChartState
  /** Transitions with a target. */
  readonly transitions: readonly ChartTransition[]
}

/**
 * Reads a definition (`agent.machine.config` as JSON).
 * @throws Error when XState refuses it.
 */
export function readMachine(definition: object): Chart {
  const machine = createMachine(definition as never)
  const transitions: ChartTransition[] = []
  const root = readState(machine.root, transitions)
  return { root, transitions }
}

/** The id of a transition, from the state that has it, its event and its place among that event's transitions. */
export function transitionId(source: string, event: string, index: number): string {
  return `${source}|${event}|${index}`
}

function readState(node: AnyStateNode, transitions: ChartTransition[]): ChartState {
  const own = [...node.transitions].flatMap(([event, candidates]) => readTransitions(node, event, candidates))
  if (node.always) own.push(...readTransitions(node, '', node.always))
  transitions.push(...own.filter(({ targets }) => targets.length > 0))
  const initial = node.type === 'compound' ? node.initial.target?.[0]?.id : undefined
  return {
    id: node.id,
    key: node.key,
    kind: node.type,
    initial,
    entry: actionNames(node.entry),
    exit: actionNames(node.exit),
    invoke: node.parent ? node.invoke.map(({ src }) => (typeof src === 'string' ? src : 'inline')) : [],
    tags: [...node.tags],
    states: Object.values(node.states).map((state) => readState(state, transitions)),
    reactions: own.filter(({ targets }) => targets.length === 0),
  }
}

function readTransitions(
  node: AnyStateNode,
  event: string,
  candidates: readonly AnyTransitionDefinition[],
): ChartTransition[] {
  return candidates.map((transition, index) => ({
    id: transitionId(node.id, event, index),
    source: node.id,
    targets: (transition.target ?? []).map(({ id }) => id),
    event,
    label: labelOf(event, node),
    guard: guardName(transition.guard),
    actions: actionNames(transition.actions),
  }))
}

function labelOf(event: string, node: AnyStateNode): string {
  if (event === '') return 'always'
  // `xstate.after.<delay>.<state id>`
  if (event.startsWith('xstate.after.')) return `after ${delayText(event.slice(13, -node.id.length - 1))}`
  if (event.startsWith('xstate.done.state.')) return 'done'
  if (event.startsWith('xstate.done.actor.')) return `done(${event.slice('xstate.done.actor.'.length)})`
  if (event.startsWith('xstate.error.actor.')) return `error(${event.slice('xstate.error.actor.'.length)})`
  return event
}

function delayText(delay: string): string {
  const milliseconds = Number(delay)
  if (!Number.isFinite(milliseconds)) return delay
  if (milliseconds >= 3_600_000 && milliseconds % 3_600_000 === 0) return `${milliseconds / 3_600_000} h`
  if (milliseconds >= 60_000 && milliseconds % 60_000 === 0) return `${milliseconds / 60_000} min`
  return milliseconds >= 1_000 ? `${milliseconds / 1_000} s` : `${milliseconds} ms`
}
