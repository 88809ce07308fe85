import { expect, test } from 'vitest'
import type { AgentEvent, LoggedEvent } from 'troupe'
import { checkLog } from './invariants.ts'
import type { Inspection } from './protocol.ts'

const traceId = 's/0.1'

function entry(sequence: number, from: string, type: string, to: readonly string[]): LoggedEvent {
  const id = `${traceId}.${sequence}`
  const event: AgentEvent = { id, from, type, data: null, sessionId: 's', traceId, time: 0 }
  return { sequence, event, to }
}

const log = [
  entry(1, 'input', 'user_input', ['worker']),
  entry(2, 'worker', 'said', ['output']),
  entry(3, 'turn', 'turn_end', []),
]
const sound: Inspection = { log, sequence: 3, lost: 0, messages: [], turns: [], timers: [], state: 'running' }

test('a log that is whole is found to be so', () => {
  checkLog(sound)
})

test.each<[string, Partial<Inspection>]>([
  ['a gap', { log: log.filter(({ sequence }) => sequence !== 2) }],
  ['an entry too few', { sequence: 4 }],
  ['an entry too many', { sequence: 2 }],
  ['an id twice', { log: [...log.slice(0, 2), { ...(log[1] as LoggedEvent), sequence: 3 }] }],
  ['a delivery that nobody handled', { log: [log[0] as LoggedEvent], sequence: 1 }],
  ['an event that nothing led to', { log: [entry(1, 'worker', 'said', ['output'])], sequence: 1 }],
  ['a message that is not there', { lost: 1 }],
])('%s is found', (_, change) => {
  expect(() => checkLog({ ...sound, ...change })).toThrow()
})
