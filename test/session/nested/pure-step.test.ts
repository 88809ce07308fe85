import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mapNode, z } from 'troupe'
import { agentNode } from '../../../src/nodes/agent-node.ts'
import type { Job, Outcome } from '../../../src/actor/host.ts'
import type { Checkpoint } from '../../../src/session/checkpoint.ts'
import { SessionCore } from '../../../src/session/core.ts'
import { apply, step, type StepInput } from '../../../src/session/step.ts'
import { defineAgent, type Agent } from '../../setup/engine.ts'
import { played, relayAgent } from '../agents.ts'
import { approvalAgent, around } from './agents.ts'

const unplayed = (): void => {}

/** Words are worked on two at a time, each by an agent in an agent; what comes of it is approved. */
const agent = defineAgent({
  id: 'outer',
  version: 1,
  nodes: {
    words: mapNode({
      item: z.string(),
      each: around(relayAgent(unplayed, unplayed)),
      concurrency: 2,
      onError: 'collect',
      supervision: { timeout: 30 },
    }),
    signer: agentNode(around(approvalAgent(unplayed)), {
      input: z.json(),
      supervision: {
        timeout: 20,
        retry: { max: 2, backoff: { initialMs: 3 } },
        circuit: { failures: 3, cooldownMs: 9 },
      },
    }),
    own: played(unplayed),
  },
  edges: [
    { from: 'input', on: 'user_input', to: ['words', 'own'], map: undefined as never },
    { from: 'words', on: 'map_result', to: 'signer' },
    { from: 'signer', on: 'agent_result', to: 'output' },
  ].map(({ map: _, ...edge }) =>
    edge.from === 'input'
      ? { ...edge, to: [{ node: 'words', map: (said: string) => ({ items: said.split(' ') }) }, 'own'] }
      : edge,
  ),
} as never) as unknown as Agent

/** What a job leads to; the host's part, played by the test. */
function outcomeOf({ node, event, attempt }: Job, fails: boolean): Outcome {
  const type = node.endsWith('/first') ? 'asked' : 'said'
  return {
    node,
    eventId: event.id,
    attempt,
    emits: fails || node === 'own' ? [] : [{ type, data: { text: `${event.type}!` } }],
    messages: [{ provisionalId: `~0~${event.id}`, message: { role: 'assistant', content: event.type }, aside: false }],
    state: { value: node },
    usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3, calls: 1 },
    failure: fails ? { name: 'Error', message: 'seven', code: 'error' } : null,
  }
}

const plain = (checkpoint: Checkpoint): unknown =>
  JSON.parse(JSON.stringify(checkpoint, (key, value: unknown) => (key === 'revision' ? 0 : value)))

test('a session with nested ones gives the same as pure steps, whatever happens', { timeout: 60_000 }, () => {
  let ended = 0
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 50, maxLength: 90 }), (choices) => {
      let now = 1_000
      const live = new SessionCore({ agent, sessionId: 's', now: () => now })
      live.take()
      let stored = JSON.parse(JSON.stringify(live.checkpoint())) as Checkpoint
      const jobs: Job[] = []
      const timers: string[] = []
      for (const choice of choices) {
        now += 1
        const job = jobs[choice % Math.max(1, jobs.length)]
        const input: StepInput =
          choice % 31 === 0
            ? { kind: 'cancel', traceId: `s/0.${1 + (choice % 3)}` }
            : choice % 7 === 0
              ? { kind: 'signal', type: 'approve', data: {} }
              : choice % 29 === 0 && timers.length > 0
                ? { kind: 'timer', key: timers[choice % timers.length] as string }
                : job
                  ? { kind: 'outcome', outcome: outcomeOf(job, choice % 13 === 0) }
                  : { kind: 'message', data: `a b m${choice % 9}` }
        apply(live, input)
        const effects = live.take()
        const stepped = step(agent, stored, input, now)
        expect(stepped.effects).toEqual(effects)
        expect(plain(stepped.checkpoint)).toEqual(plain(live.checkpoint()))
        stored = stepped.checkpoint
        // A settled job stays in the list half of the time: a double outcome must have no effect.
        if (input.kind === 'outcome' && choice % 2 === 0) jobs.splice(jobs.indexOf(job as Job), 1)
        jobs.push(...effects.jobs)
        timers.push(...effects.timersSet.map(({ key }) => key))
        ended += effects.settled.filter(({ status }) => status === 'completed').length
      }
      live.stop()
    }),
    { numRuns: 10, seed: 7, endOnFailure: true },
  )
  expect(ended).toBeGreaterThan(1)
})
