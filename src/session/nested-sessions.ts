/**
 * The sessions that do the work of those nodes of a session which are made of other agents. They live inside of it: in
 * its steps, its checkpoint and its batches.
 *
 * Invariants
 * 1. Whatever a nested session asks for (jobs, timers, messages, log entries) leaves with the step of the outer one, under
 *    the path `<node>/<slot>/…`; what comes back for such a path goes to it, or has no effect when it is over.
 * 2. A task that has a result is never done again, when its node is tried again neither, unless it is what failed; of the
 *    others the nested sessions go on where they were.
 * 3. A node has at most as many sessions at work as slots. Those of an event end with it, and leave no job, timer or actor.
 * 4. Their ids are made of that of the event, the node, the task and the attempt that began it: none means two sessions.
 */
import type { Job, Outcome } from '../actor/host.ts'
import type { Agent } from '../agent/agent.ts'
import { delegationOf, readPath, readSlotName, slotName } from '../core/delegation.ts'
import { TroupeError, toErrorData, type ErrorData } from '../core/errors.ts'
import { resetOf, type AgentEvent } from '../core/events.ts'
import type { Json } from '../core/json.ts'
import type { Delegation, DelegatedTask, NodeState, TaskResult } from '../core/node.ts'
import { added } from '../core/lists.ts'
import type { PendingWork } from '../core/turn.ts'
import type { Checkpoint } from './checkpoint.ts'
import { CheckpointTexts } from './checkpoint-text.ts'
import { mergeEffects } from './nested-effects.ts'
import type { StoredDelegations } from './nested-checkpoints.ts'
import { pendingIn, takesSignal, type NestedCore, type NestedTaker, type NestingSession } from './nested-core.ts'
import {
  checkpointsOf,
  dataOf,
  dueOf,
  isThrough,
  newWork,
  statesOf,
  tasksChanged,
  textOfWork,
  withTurn,
  type Slot,
  type Work,
} from './nested-work.ts'

/** See the top of this file. */
export class NestedSessions {
  readonly #session: NestingSession
  /** By node: one event at a time. */
  readonly #work = new Map<string, Work>()
  #changed = false

  constructor(session: NestingSession) {
    this.#session = session
  }

  /** Whether an agent has nodes that are made of others. */
  static isNeeded({ nodes }: Agent): boolean {
    for (const node in nodes) if (delegationOf(nodes[node])) return true
    return false
  }

  /** Puts stored sessions back; they go on when their nodes are started again. */
  restore(stored: StoredDelegations<Checkpoint>): void {
    for (const [node, { eventId, results, slots }] of Object.entries(stored)) {
      const work = this.#newWork(node, eventId)
      if (!work) continue
      work.results = [...results]
      // In the order in which they began.
      const begun = Object.entries(slots).sort(([, a], [, b]) => a.task - b.task)
      for (const [name, { task, output, ended, session }] of begun) {
        const agent = work.delegation.agents[readSlotName(name).agent] as Agent
        const { sessionId } = session
        const core = this.#session.createNested({ agent, sessionId, traceId: work.event.traceId, checkpoint: session })
        Object.assign(this.#open(work, name, task, core), { output, ended })
      }
    }
  }

  #newWork(node: string, eventId: string): Work | undefined {
    const delegation = delegationOf(this.#session.agent.nodes[node])
    const current = this.#session.workOf(node)
    if (!delegation || current?.event.id !== eventId) return undefined
    const work = newWork(node, current, delegation)
    this.#work.set(node, work)
    return work
  }

  // --- for the router ------------------------------------------------------------------

  /** Whether the work of a node is done here. */
  takes(node: string): boolean {
    return delegationOf(this.#session.agent.nodes[node]) !== undefined
  }

  /** Begins to handle an event, or goes on after a restore. What it leads to comes with {@link NestedSessions.advance}. */
  start(node: string, event: AgentEvent, attempt: number): void {
    const known = this.#work.get(node)
    const isKnown = known?.event.id === event.id
    const work = isKnown ? known : this.#newWork(node, event.id)
    if (work) Object.assign(work, { attempt, interrupted: isKnown, retried: attempt > 1 && work.slots.size === 0 })
    this.#changed = true
  }

  /** Gives up on an event: nothing is left of its sessions. */
  giveUp(node: string, eventId: string): void {
    if (this.interrupt(node, eventId)) this.#work.delete(node)
  }

  /** Ends the sessions of an event that is about to fail, and may be tried again; false when there are none. */
  interrupt(node: string, eventId: string): boolean {
    const work = this.#work.get(node)
    if (work?.event.id !== eventId) return false
    this.#closeAll(work)
    this.#changed = true
    return true
  }

  // --- steps ---------------------------------------------------------------------------

  /** Does what the step led to: begins tasks, takes their results, and settles events whose tasks are done. */
  advance(): boolean {
    if (!this.#changed) return false
    while (this.#changed) {
      this.#changed = false
      for (const work of this.#work.values()) this.#advance(work)
    }
    return true
  }

  #advance(work: Work): void {
    if (this.#rests(work)) return
    try {
      if (work.interrupted) {
        work.interrupted = false
        for (const { core } of work.slots.values()) core.resume()
      }
      const tasks = this.#tasksOf(work)
      if (work.retried) this.#announceRetry(work)
      const results = (work.results ??= tasks.map(() => null))
      if (results.length !== tasks.length) {
        work.results = undefined
        throw tasksChanged(work.node, results.length, tasks.length)
      }
      for (const slot of work.slots.values())
        if (slot.ended && isThrough(slot.core)) {
          this.#close(work, slot)
          results[slot.task] = slot.ended
        }
      const failure = work.delegation.failsFast ? results.find((result) => result?.error)?.error : undefined
      if (!failure) this.#fill(work, tasks, results)
      if (failure) this.#settle(work, failure)
      else if (!results.includes(null)) this.#settle(work, undefined, results as TaskResult[])
    } catch (error) {
      this.#settle(work, toErrorData(error))
    }
  }

  /** Whether there is nothing to do for it now: it waits to be tried again, or is over, and then it is forgotten. */
  #rests(work: Work): boolean {
    const { node, event } = work
    const current = this.#session.workOf(node)
    if (current?.event.id === event.id) return current.retryAt !== undefined
    this.#closeAll(work)
    this.#forget(work)
    return true
  }

  /** What it streamed before it failed is void. */
  #announceRetry(work: Work): void {
    const { node, attempt } = work
    work.retried = false
    for (const type of this.#session.agent.nodes[node]?.transient ?? []) this.#leave(work, resetOf(type), { attempt })
  }

  #tasksOf(work: Work): readonly DelegatedTask[] {
    return (work.tasks ??= work.delegation.tasks(dataOf(work, this.#session.agent.nodes)))
  }

  /** Begins tasks while there are free slots. */
  #fill(work: Work, tasks: readonly DelegatedTask[], results: readonly (TaskResult | null)[]): void {
    const { slots, delegation } = work
    const atWork = new Set([...slots.values()].map(({ task }) => task))
    for (let task = 0; task < tasks.length && slots.size < delegation.slots; task++)
      if (!results[task] && !atWork.has(task)) this.#beginTask(work, tasks[task] as DelegatedTask, task)
  }

  #beginTask(work: Work, { agent: name, type, data }: DelegatedTask, task: number): void {
    const { node, event, attempt, slots } = work
    const agent = work.delegation.agents[name] as Agent | undefined
    if (!agent) throw new TroupeError('unknown_agent', `Node '${node}' has no agent '${name}'.`)
    const taken = new Set([...slots.keys()].map((slot) => readSlotName(slot).index))
    let index = 0
    while (taken.has(index)) index++
    const again = attempt > 1 ? `.${attempt}` : ''
    const sessionId = `${event.id}~${node}.${task}${again}`
    const core = this.#session.createNested({ agent, sessionId, traceId: event.traceId })
    const traceId = core.newTraceId()
    this.#open(work, slotName(name, index), task, core)
    if (type === 'user_input') core.accept(traceId, { data })
    else core.signal(traceId, type, data)
  }

  #open(work: Work, name: string, task: number, core: NestedCore): Slot {
    const path = `${work.node}/${name}`
    const texts = new CheckpointTexts()
    const slot: Slot = { path, name, task, core, texts, output: undefined, ended: undefined, text: undefined }
    work.slots.set(name, slot)
    core.onStep = () => this.#merge(work, slot)
    core.onStep()
    return slot
  }

  /** Makes what a nested session asks for that of the outer one. */
  #merge(work: Work, slot: Slot): void {
    slot.text = undefined
    // Its background nodes may be what it is waited for.
    if (slot.ended) this.#changed = true
    const effects = slot.core.take()
    mergeEffects(this.#session, slot.path, work.event.traceId, effects)
    for (const event of effects.outputs) {
      if (event.transient) this.#stream(work, slot, event)
      else slot.output = event.data
    }
    for (const result of effects.settled) {
      if (result.status === 'waiting') continue
      slot.ended = withTurn(slot, result)
      this.#changed = true
    }
  }

  #stream(work: Work, slot: Slot, { type, data }: AgentEvent): void {
    const { node, event, delegation } = work
    const task = work.tasks?.[slot.task]
    const sent = task && delegation.stream?.(type, data, task, slot.task, event.data)
    if (!sent) return
    const { transient } = this.#session.agent.nodes[node] as { readonly transient: ReadonlySet<string> }
    const known = transient.has(sent.type) || [...transient].some((each) => resetOf(each) === sent.type)
    if (known) this.#leave(work, sent.type, sent.data)
  }

  #leave(work: Work, type: string, data: Json): void {
    const { node, event, attempt } = work
    this.#session.emitTransient({ node, event, attempt, state: undefined }, type, data, ++work.streamed)
  }

  /** Settles the event with its results, or its failure. */
  #settle(work: Work, failure: ErrorData | undefined, results: readonly TaskResult[] = []): void {
    const { node, event, attempt, delegation } = work
    if (this.#work.get(node) !== work) return
    const idOf = (index: number): string => `~${index}~${event.id}`
    let fault = failure
    let emits: ReturnType<Delegation['conclude']>['emits'] = []
    let messages: ReturnType<Delegation['conclude']>['messages'] = []
    try {
      if (!fault)
        ({ emits, messages = [] } = delegation.conclude(dataOf(work, this.#session.agent.nodes), results, idOf))
    } catch (error) {
      fault = toErrorData(error)
    }
    this.#closeAll(work)
    this.#session.settle({
      node,
      eventId: event.id,
      attempt,
      emits: fault ? [] : emits,
      messages: fault
        ? []
        : (messages ?? []).map((message, index) => ({ provisionalId: idOf(index), message, aside: false })),
      state: null,
      // What the nested sessions used was counted when they did.
      usage: null,
      failure: fault ?? null,
    })
    // Where it is to be tried again, what is done stays done.
    if (delegation.failsFast) work.results = work.results?.map((result) => (result?.error ? null : result))
    const isDone = work.results?.some((result) => result !== null) === true
    if (!this.#rests(work) || !isDone) this.#forget(work)
  }

  #forget(work: Work): void {
    if (this.#work.get(work.node) === work) this.#work.delete(work.node)
  }

  #closeAll(work: Work): void {
    for (const slot of work.slots.values()) this.#close(work, slot)
  }

  #close(work: Work, slot: Slot): void {
    work.slots.delete(slot.name)
    slot.core.onStep = () => mergeEffects(this.#session, slot.path, work.event.traceId, slot.core.take())
    slot.core.giveUp()
    this.#endLoops(slot)
    slot.core.stop()
  }

  /** A loop waits for its next event with what it knows of this session: it is given up by the event that it had last. */
  #endLoops({ path, core }: Slot): void {
    const { effects } = this.#session
    for (const [node, { handler }] of Object.entries(core.agent.nodes)) {
      const last = handler.style === 'loop' ? core.nodeStates()[node]?.lastEvent : undefined
      if (last) effects.cancels = added(effects.cancels, { node: `${path}/${node}`, eventId: last.id })
    }
  }

  /** Stops the actors of all sessions. */
  stop(): void {
    for (const { slots } of this.#work.values()) for (const { core } of slots.values()) core.stop()
  }

  // --- by path -------------------------------------------------------------------------

  /** The session at the first two steps of a path, and the rest of it; undefined when there is none any more. */
  at(path: string): { readonly core: NestedCore; readonly rest: string } | undefined {
    const read = readPath(path)
    const work = read && this.#work.get(read.node)
    const slot = work?.slots.get(read?.slot ?? '')
    return work && slot && read ? { core: slot.core, rest: read.rest } : undefined
  }

  /** Brings the outcome of a job under a path back; false when it is late or double. */
  settle(outcome: Outcome): boolean {
    const at = this.at(outcome.node)
    return at?.core.settle({ ...outcome, node: at.rest }) === true
  }

  /** A job under a path, as the session at the end of its first two steps knows it. */
  inner(job: Job): { readonly core: NestedCore; readonly job: Job } | undefined {
    const at = this.at(job.node)
    return at && { core: at.core, job: { ...job, node: at.rest } }
  }

  // --- signals -------------------------------------------------------------------------

  /** Whom a signal is for: the session that holds what its data name, else the newest one that waits and takes it. */
  find(type: string, data: Json): NestedTaker | undefined {
    const { callId, eventId } = (data ?? {}) as { callId?: unknown; eventId?: unknown }
    const takers = [...this.#work.values()].flatMap((work) =>
      [...work.slots.values()].flatMap(({ core }) => {
        const pending = pendingIn(core)
        const takes = pending.length > 0 && takesSignal(core, type, data)
        return takes ? [{ core, traceId: work.event.traceId, pending }] : []
      }),
    )
    const named = takers.find(({ pending }) =>
      pending.some((held) => held.eventId === eventId || held.undecided.some((id) => id === callId)),
    )
    return named ?? (Object.hasOwn(this.#session.agent.inputs, type) ? undefined : takers.at(-1))
  }

  // --- state ---------------------------------------------------------------------------

  /** The sessions at work for a node. */
  coresOf(node: string): readonly NestedCore[] {
    return [...(this.#work.get(node)?.slots.values() ?? [])].map(({ core }) => core)
  }

  /** True when all that a node is at waits for a person or a signal. */
  waits(node: string): boolean {
    const turnsOf = this.coresOf(node).map((core) => core.turns())
    // One without turns is through, and is about to be closed.
    const waits = turnsOf.every((turns) => turns.length > 0 && turns.every(({ status }) => status === 'waiting'))
    return turnsOf.length > 0 && waits
  }

  /** What the sessions of a node hold for a person or a signal. */
  pending(node: string): PendingWork[] {
    return [...(this.#work.get(node)?.slots.values() ?? [])].flatMap(({ path, core }) =>
      pendingIn(core).map((held) => ({ ...held, node: `${path}/${held.node}` })),
    )
  }

  /** The states of the outer session's nodes with those of the sessions that are at work under them, by path. */
  shownIn(states: Record<string, NodeState>): Record<string, NodeState> {
    for (const work of this.#work.values()) {
      const state = states[work.node]
      if (!state) continue
      const status = this.waits(work.node) ? 'waiting' : state.status
      states[work.node] = { ...state, status, nodes: statesOf(work) }
    }
    return states
  }

  /** When one of them has to be woken; see `Batch.due`. */
  due(): number | null {
    return dueOf(this.#work.values())
  }

  /** As a checkpoint has them; undefined while none is at work. Refers to live state. */
  checkpoints(): StoredDelegations<Checkpoint> | undefined {
    return this.#work.size === 0 ? undefined : checkpointsOf(this.#work.values())
  }

  /** The text of the same, of which only what has changed is made anew. */
  text(): string | undefined {
    return this.#work.size === 0 ? undefined : textOfWork(this.#work.values())
  }
}
