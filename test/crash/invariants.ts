/** What must hold of a session once all of its inputs are answered, however often its process was killed. */
import { expect } from 'vitest'
import { modelClient, openSession, textOf, type LoggedEvent, type Message } from 'troupe'
import { memoryStore } from '../../src/store/memory-store.ts'
import { agentsWith } from './agents.ts'
import type { Conversation } from './conversation.ts'
import { noBook, type EffectRecord } from './effects.ts'
import type { Inspection } from './protocol.ts'

/** What tools were found to have done. */
export interface EffectFigures {
  readonly calls: number
  readonly effects: number
  readonly reruns: number
  readonly unknown: number
}

interface Course {
  readonly messages: readonly Message[]
  readonly log: readonly object[]
}

const courses = new Map<string, Promise<Course>>()

/** The course that a conversation takes where nobody dies; the session's name in it is `s`. */
export function undisturbed({ agent, inputs }: Conversation): Promise<Course> {
  const key = JSON.stringify([agent, inputs.map(({ text, decision }) => [text, decision])])
  let course = courses.get(key)
  if (!course) {
    course = play()
    courses.set(key, course)
  }
  return course

  async function play(): Promise<Course> {
    const store = memoryStore()
    const client = modelClient({ environment: {} })
    await using session = await openSession(agentsWith(noBook())[agent], { id: 's', store, client })
    for (const { text, decision } of inputs) {
      const { pending } = await session.send(text).result
      const callId = pending[0]?.undecided[0]
      if (callId === undefined) continue
      const data = decision === 'reject' ? { callId, reason: 'too late' } : { callId }
      await (
        await session.signal(decision ?? 'approve', data)
      ).result
    }
    return { messages: await session.messages(), log: comparable(await store.log.read('s', { limit: 100_000 }), 's') }
  }
}

/** The log without what differs between two runs. */
function comparable(log: readonly LoggedEvent[], session: string): object[] {
  // How far the next turn was, and at which attempt a node, when a turn ended: chance, as time is.
  const texts = log.map(({ event: { time: _time, ...event }, checkpoint: _checkpoint, ...entry }) =>
    JSON.stringify({ ...entry, event }),
  )
  return texts.map(
    (text) => JSON.parse(text.replaceAll(`"${session}/`, '"s/').replaceAll(`"${session}"`, '"s"')) as object,
  )
}

/** Numbers without a gap, ids without a repeat. */
export function checkNumbers({ log, sequence, lost }: Inspection): void {
  expect(log.map((entry) => entry.sequence)).toEqual(Array.from({ length: sequence }, (_, index) => index + 1))
  expect(new Set(log.map(({ event }) => event.id)).size).toBe(log.length)
  expect(lost).toBe(0)
}

/** The same, and each delivery with what its handler made of it. */
export function checkLog(inspection: Inspection): void {
  checkNumbers(inspection)
  const { log } = inspection
  const open = new Map<string, number>()
  const count = (node: string, traceId: string, change: number): void => {
    const key = `${traceId} at ${node}`
    const left = (open.get(key) ?? 0) + change
    expect(left, `an event of ${key} without a delivery`).toBeGreaterThanOrEqual(0)
    open.set(key, left)
  }
  for (const { event, to, dropped } of log) {
    expect(dropped).toBeUndefined()
    if (!['input', 'timer', 'turn'].includes(event.from)) count(event.from, event.traceId, -1)
    // What a person or a timer decides goes to the node that holds the event, which is delivered already.
    const decides = event.from === 'timer' || (event.from === 'input' && event.type !== 'user_input')
    // Who speaks makes nothing durable of what it is told.
    for (const node of to) if (node !== 'output' && node !== 'tts' && !decides) count(node, event.traceId, 1)
  }
  expect([...open].filter(([, left]) => left > 0)).toEqual([])
}

/** All that must hold of a conversation whose inputs are all answered. `outputs` are the events that clients saw. */
export async function checkConversation(
  conversation: Conversation,
  inspection: Inspection,
  outputs: ReadonlySet<string>,
  records: readonly EffectRecord[],
): Promise<EffectFigures> {
  const { session, agent, inputs } = conversation
  const { log, messages, turns, timers } = inspection
  checkLog(inspection)
  expect({ turns, timers }).toEqual({ turns: [], timers: [] })

  const ends = log.filter(({ event }) => event.type === 'turn_end').map(({ event }) => event)
  expect(ends.map(({ traceId }) => traceId)).toEqual(inputs.map(({ traceId }) => traceId))
  expect(ends.map(({ data }) => data)).toEqual(inputs.map(({ result }) => result))
  expect(ends.map(({ data }) => (data as { status?: unknown }).status)).toEqual(inputs.map(() => 'completed'))

  const reached = new Set(log.filter(({ to }) => to.includes('output')).map(({ event }) => event.id))
  expect([...outputs].filter((id) => id.startsWith(`${session}/`) && !reached.has(id))).toEqual([])

  if (agent === 'scholar') {
    checkHeard(messages, inputs)
    return checkEffects(session, log, records)
  }
  const expected = await undisturbed(conversation)
  if (agent === 'courier') {
    expect(messages.map(({ role }) => role)).toEqual(expected.messages.map(({ role }) => role))
    const asked = (each: readonly Message[]) => each.filter(({ role }) => role === 'user')
    expect(asked(messages)).toEqual(asked(expected.messages))
  } else {
    expect(messages).toEqual(expected.messages)
    expect(comparable(log, session)).toEqual(expected.log)
  }
  return checkEffects(session, log, records)
}

/** Every message with its answer, which may be cut to what was heard of it; how much that was is chance. */
function checkHeard(messages: readonly Message[], inputs: Conversation['inputs']): void {
  expect(messages.map(({ role }) => role)).toEqual(inputs.flatMap(() => ['user', 'assistant']))
  for (const [place, { text, result }] of inputs.entries()) {
    expect(messages[2 * place]?.content).toBe(text)
    const answer = textOf(messages[2 * place + 1]?.content ?? null)
    const whole = result?.text ?? ''
    if (answer === whole) continue
    expect(answer).toMatch(/(^| )…$/)
    expect(whole.startsWith(answer.replace(/ ?…$/, '')), `'${answer}' is the beginning of '${whole}'`).toBe(true)
  }
}

function checkEffects(session: string, log: readonly LoggedEvent[], records: readonly EffectRecord[]): EffectFigures {
  const own = records.filter(({ key }) => key.startsWith(`${session}/`))
  const figures = { calls: 0, effects: 0, reruns: 0, unknown: 0 }
  const known = new Set<string>()
  for (const { event } of log.filter(({ event: { type } }) => type === 'tool_call')) {
    const { calls } = event.data as unknown as { calls: { id: string; name: string }[] }
    const results = log.find(
      (entry) =>
        entry.event.type === 'tool_result' &&
        resultsOf(entry).some(({ id }) => id === calls[0]?.id) &&
        entry.event.traceId === event.traceId,
    )
    for (const { id, name } of calls) {
      const key = `${event.id}:${id}`
      known.add(key)
      const runs = own.filter((each) => each.key === key && each.kind === 'run').length
      const effects = own.filter((each) => each.key === key && each.kind === 'effect').length
      const told = resultsOf(results).find((result) => result.id === id)?.content ?? ''
      const unknown = told.includes('outcome of this call is unknown')
      const rejected = told.includes('was rejected and did not run')
      figures.calls++
      figures.effects += effects
      figures.reruns += Math.max(0, runs - 1)
      if (unknown) figures.unknown++
      if (name === 'ship_parcel') {
        expect(runs, `runs of ${key}`).toBeLessThanOrEqual(1)
        expect(effects, `effects of ${key}`).toBeLessThanOrEqual(1)
        if (!unknown) expect(effects, `effects of ${key}`).toBe(1)
      } else {
        expect(unknown, `the outcome of ${key} is unknown`).toBe(false)
        if (name === 'refund') expect(effects, `effects of ${key}`).toBe(rejected ? 0 : 1)
        if (name === 'calculator') expect(runs, `runs of ${key}`).toBeGreaterThanOrEqual(1)
      }
    }
  }
  expect(own.filter(({ key }) => !known.has(key))).toEqual([])
  return figures
}

function resultsOf(entry: LoggedEvent | undefined): readonly { id: string; content: string }[] {
  return (entry?.event.data as unknown as { results?: { id: string; content: string }[] } | undefined)?.results ?? []
}
