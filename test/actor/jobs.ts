/** A host without a session: what a job asks for and how it ends is recorded. */
import { manualClock } from '../setup/manual-clock.ts'
import { z } from 'zod'
import { EmbeddedHost } from '../../src/actor/embedded-host.ts'
import type { Job, Outcome } from '../../src/actor/host.ts'
import type { Json } from '../../src/core/json.ts'
import type { LoopRuntime, NodeDefinition, NodeRuntime } from '../../src/core/node.ts'
import { defineNode, type AgentEvent } from '../setup/engine.ts'

const Text = z.object({ text: z.string() })
const emits = { said: Text, chunk: Text }

/** A node in handler style. */
export function handler(
  run: (text: string, runtime: NodeRuntime<typeof emits, Json>) => void | Promise<void>,
  input: z.ZodType<{ text: string }> = Text,
): NodeDefinition {
  return defineNode({
    input,
    emits,
    transient: ['chunk'],
    run: (event, runtime) => run(event.data.text, runtime as never),
  }) as unknown as NodeDefinition
}

/** A node in loop style. */
export function loop(
  code: (runtime: LoopRuntime<{ text: string }, typeof emits, Json>) => Promise<void>,
): NodeDefinition {
  return defineNode({ input: Text, emits, transient: ['chunk'], loop: (runtime) => code(runtime as never) }) as never
}

/** A host and what it tells its session. */
export interface TestHost {
  readonly host: EmbeddedHost
  readonly outcomes: Outcome[]
  readonly transients: string[]
  /** Starts a job of `node` for event `id`. */
  start(node: string, id: number, data?: Json, attempt?: number): void
  /** The outcome of event `id`, once it is there. */
  outcomeOf(id: number): Promise<Outcome>
}

/** Makes a host of these nodes; `onSettle` plays what the session does next. */
export function testHost(
  nodes: Readonly<Record<string, NodeDefinition>>,
  onSettle: (outcome: Outcome) => void = () => {},
): TestHost {
  const outcomes: Outcome[] = []
  const transients: string[] = []
  const waiting = new Map<string, (outcome: Outcome) => void>()
  const host = new EmbeddedHost(
    {
      sessionId: 's',
      services: {},
      clock: manualClock(0),
      emitTransient: (job, type, data, ordinal) =>
        void transients.push(`${job.event.id}.${job.attempt}.${ordinal} ${type} ${JSON.stringify(data)}`),
      readMessages: (ids) => Promise.resolve(ids.map(() => undefined)),
      requestOf: () => undefined,
      readTail: () => Promise.resolve([]),
      isRecent: () => false,
      isRouted: () => true,
      settle(outcome) {
        outcomes.push(outcome)
        waiting.get(outcome.eventId)?.(outcome)
        onSettle(outcome)
      },
    },
    nodes,
  )
  const eventId = (id: number): string => `s/0.1.${id}`
  return {
    host,
    outcomes,
    transients,
    start: (node, id, data = { text: String(id) }, attempt = 1) => host.start(jobOf(node, eventId(id), data, attempt)),
    outcomeOf: (id) =>
      new Promise((resolve) => {
        const known = outcomes.find((outcome) => outcome.eventId === eventId(id))
        if (known) resolve(known)
        else waiting.set(eventId(id), resolve)
      }),
  }
}

/** A job as a session asks for it. */
export function jobOf(node: string, id: string, data: Json, attempt = 1): Job {
  const event: AgentEvent = { id, from: 'input', type: 'said', data, sessionId: 's', traceId: 's/0.1', time: 0 }
  return { node, event, attempt, state: undefined }
}
