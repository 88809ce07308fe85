import { expect, test } from 'vitest'
import { enqueue } from '../../src/actor/inbox.ts'
import type { AgentEvent } from '../../src/core/events.ts'

const base = { from: 'llm', sessionId: 's', traceId: 's/0.1', time: 0 }
const chunk = (text: string, ordinal: number): AgentEvent => ({
  ...base,
  id: `s/0.1.2.1.${ordinal}`,
  type: 'llm_chunk',
  data: { text, attempt: 1 },
  transient: true,
})

test('chunks behind a slow handler are joined, so that no text is lost and the inbox stays short', () => {
  let inbox: readonly AgentEvent[] = []
  for (let index = 0; index < 5_000; index++) inbox = enqueue(inbox, chunk(`${index},`, index))
  expect(inbox.length).toBeLessThanOrEqual(16)
  const text = inbox.map(({ data }) => (data as { text: string }).text).join('')
  expect(text).toBe(Array.from({ length: 5_000 }, (_, index) => `${index},`).join(''))
})

test('durable events are never joined and never let go', () => {
  let inbox: readonly AgentEvent[] = []
  for (let index = 0; index < 2_000; index++) {
    inbox = enqueue(inbox, { ...base, id: `s/0.1.${index}`, type: 'said', data: { text: 'x' } })
  }
  expect(inbox).toHaveLength(2_000)
})

test('transient events that are no text are let go beyond 1,000', () => {
  let inbox: readonly AgentEvent[] = []
  for (let index = 0; index < 3_000; index++) {
    const id = `s/0.1.2.1.${index}`
    inbox = enqueue(inbox, { ...base, id, type: 'audio', data: { base64: '' }, transient: true })
  }
  expect(inbox).toHaveLength(1_000)
})

test('what says more than its text is not joined: sentences stay sentences', () => {
  let inbox: readonly AgentEvent[] = []
  for (let index = 0; index < 100; index++) {
    const data = { text: `Sentence ${index}.`, index, attempt: 1 }
    inbox = enqueue(inbox, { ...base, id: `s/0.1.2.1.${index}`, type: 'sentence_ready', data, transient: true })
  }
  expect(inbox.map(({ data }) => (data as { index: number }).index)).toEqual(Array.from({ length: 100 }, (_, at) => at))
})
