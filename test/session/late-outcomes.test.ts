import { expect, test } from 'vitest'
import type { Job, Outcome } from '../../src/actor/host.ts'
import { SessionCore } from '../../src/session/core.ts'
import { echo, relayAgent, soloAgent } from './agents.ts'

const agent = soloAgent(echo)

function coreOf(): { core: SessionCore; job: Job } {
  const core = new SessionCore({ agent, sessionId: 's', now: () => 0 })
  core.accept(core.newTraceId(), { data: 'hello' })
  const [job] = core.take().jobs
  return { core, job: job as Job }
}

function outcomeOf(job: Job, changes: Partial<Outcome> = {}): Outcome {
  return {
    node: job.node,
    eventId: job.event.id,
    attempt: job.attempt,
    emits: [{ type: 'said', data: { text: 'hello' } }],
    messages: [],
    state: null,
    usage: null,
    failure: null,
    ...changes,
  }
}

test('the outcome of a job takes effect once: a double one has none', () => {
  const { core, job } = coreOf()
  expect(core.settle(outcomeOf(job))).toBe(true)
  expect(core.take()).toMatchObject({ outputs: [{ data: { text: 'hello' } }], settled: [{ status: 'completed' }] })
  expect(core.settle(outcomeOf(job))).toBe(false)
  expect(core.take()).toMatchObject({ outputs: [], settled: [], durable: false })
  core.stop()
})

test.each([
  ['another attempt', { attempt: 2 }],
  ['another event', { eventId: 's/0.9.9' }],
  ['another node', { node: 'nobody' }],
])('the outcome of %s has no effect', (_what, changes) => {
  const { core, job } = coreOf()
  expect(core.settle(outcomeOf(job, changes))).toBe(false)
  expect(core.take()).toMatchObject({ outputs: [], settled: [] })
  expect(core.settle(outcomeOf(job))).toBe(true)
  core.stop()
})

test('the outcome of a job that was given up has no effect', () => {
  const { core, job } = coreOf()
  core.cancel(job.event.traceId)
  expect(core.take()).toMatchObject({
    cancels: [{ node: 'worker', eventId: job.event.id }],
    settled: [{ status: 'cancelled' }],
  })
  expect(core.settle(outcomeOf(job))).toBe(false)
  expect(core.wants(job)).toBe(false)
  core.stop()
})

test('a transient event of a job that is over does not leave', () => {
  const { core, job } = coreOf()
  core.emitTransient(job, 'chunk', { text: 'in time' }, 1)
  expect(core.take().outputs).toMatchObject([{ data: { text: 'in time' }, transient: true }])
  core.settle(outcomeOf(job))
  core.take()
  core.emitTransient(job, 'chunk', { text: 'late' }, 2)
  expect(core.take().outputs).toEqual([])
  core.stop()
})

test('outcomes that come in another order than their jobs began each find their own', () => {
  const both = relayAgent(
    (text, runtime) => runtime.emit('asked', { text }),
    () => {},
  )
  const core = new SessionCore({ agent: both, sessionId: 's', now: () => 0 })
  core.accept(core.newTraceId(), { data: 'hello' })
  const [first] = core.take().jobs as [Job]
  core.settle(
    outcomeOf(first, {
      emits: [
        { type: 'asked', data: { text: '1' } },
        { type: 'asked', data: { text: '2' } },
      ],
    }),
  )
  const [second] = core.take().jobs as [Job]
  // The inbox of `second` is worked off one by one.
  expect(core.settle(outcomeOf({ ...second, event: { ...second.event, id: 's/0.1.3' } }, { emits: [] }))).toBe(false)
  core.settle(outcomeOf(second, { emits: [] }))
  const [third] = core.take().jobs as [Job]
  expect([second.event.data, third.event.data]).toEqual([{ text: '1' }, { text: '2' }])
  core.settle(outcomeOf(third, { emits: [] }))
  expect(core.take().settled).toMatchObject([{ status: 'completed' }])
  core.stop()
})
