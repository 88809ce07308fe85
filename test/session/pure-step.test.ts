import fc from 'fast-check'
import type { Outcome } from '../../src/actor/host.ts'
import { SessionCore } from '../../src/session/core.ts'
import { apply, step, type StepInput } from '../../src/session/step.ts'
import type { TurnPolicy } from '../../src/session/turn-policy.ts'
import { expect, test } from 'vitest'
import { agentOf, emitsOf, faultyShape, Hop, type AgentShape } from './random-agents.ts'

const policies: readonly TurnPolicy[] = [
  'enqueue',
  'enqueue',
  'interrupt',
  'rollback',
  'steer',
  'enqueue',
  'rollback',
  'enqueue',
]

/** What a job of a storm agent leads to; the host's part, played by the test. */
function outcomeOf(
  shape: AgentShape,
  job: { node: string; event: { id: string; data: unknown }; attempt: number },
): Outcome {
  const hop = Hop.parse(job.event.data)
  const provisionalId = `~0~${job.event.id}`
  return {
    node: job.node,
    eventId: job.event.id,
    attempt: job.attempt,
    emits: hop.way.endsWith('.1') && hop.left === 1 ? [] : emitsOf(shape, Number(job.node.slice(1)), hop),
    messages: [{ provisionalId, message: { role: 'assistant', content: hop.way }, aside: false }],
    state: { value: { last: provisionalId } },
    usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3, calls: 1 },
    failure: hop.way.length % 7 === 0 ? { name: 'Error', message: 'seven', code: 'error' } : null,
  }
}

test('a session run as pure steps gives the same as the live actor', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(faultyShape, fc.array(fc.nat(), { minLength: 5, maxLength: 60 }), (shape, choices) => {
      const agent = agentOf(shape, () => {})
      let now = 1_000
      const live = new SessionCore({ agent, sessionId: 's', now: () => now })
      live.take()
      let stored: Parameters<typeof step>[1] = JSON.parse(JSON.stringify(live.checkpoint())) as never
      const timers: string[] = []
      const jobs: { node: string; event: { id: string; data: unknown }; attempt: number }[] = []
      for (const choice of choices) {
        now += 1
        const job = jobs[choice % Math.max(1, jobs.length)]
        const input: StepInput =
          choice % 11 === 0
            ? { kind: 'cancel', traceId: `s/0.${1 + (choice % 3)}` }
            : choice % 7 === 0 && timers.length > 0
              ? { kind: 'timer', key: timers[choice % timers.length] as string }
              : job && choice % 5 !== 0
                ? { kind: 'outcome', outcome: outcomeOf(shape, job) }
                : {
                    kind: 'message',
                    data: `${choice % 4} m${choice % 9}`,
                    clientId: `c${choice}`,
                    policy: policies[choice % 8] as TurnPolicy,
                  }
        apply(live, input)
        const effects = live.take()
        const stepped = step(agent, stored, input, now)
        expect(stepped.effects).toEqual(effects)
        expect({ ...stepped.checkpoint, revision: 0 }).toEqual({
          ...(JSON.parse(JSON.stringify(live.checkpoint())) as object),
          revision: 0,
        })
        stored = stepped.checkpoint
        // A settled job stays in the list half of the time: a double outcome must have no effect.
        if (input.kind === 'outcome' && choice % 2 === 0) jobs.splice(jobs.indexOf(job as never), 1)
        jobs.push(...effects.jobs)
        timers.push(...effects.timersSet.map(({ key }) => key))
      }
      live.stop()
    }),
    { numRuns: 120, seed: 7 },
  )
})
