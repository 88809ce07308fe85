import { expect, test } from 'vitest'
import type { AgentEvent, Json } from 'troupe'
import { AnswerText } from '../../../src/server/answer-text.ts'

const event = (type: string, data: Json): AgentEvent => ({
  id: 's/0.1.1',
  from: 'llm',
  type,
  data,
  sessionId: 's',
  traceId: 's/0.1',
  time: 0,
})
const chunk = (text: string): AgentEvent => event('llm_chunk', { text, attempt: 1 })
const reset = event('llm_chunk_reset', { attempt: 2 })

test('an attempt that says the same again is not heard twice', () => {
  const answer = new AnswerText()
  const given = [
    chunk('One '),
    chunk('two'),
    reset,
    chunk('One'),
    chunk(' two three'),
    event('llm_result', { text: 'One two three' }),
  ]
  expect(given.map((each) => answer.take(each))).toEqual(['One ', 'two', '', '', ' three', ''])
  expect(answer.diverged).toBe(false)
})

test('an attempt that says something else is noticed, and nothing more is handed out', () => {
  const answer = new AnswerText()
  const given = [chunk('One'), reset, chunk('Two'), chunk(' three'), event('llm_result', { text: 'Two three' })]
  expect(given.map((each) => answer.take(each))).toEqual(['One', '', '', '', ''])
  expect(answer.diverged).toBe(true)
  expect(answer.text).toBe('Two three')
})

test('a shorter second answer is not the first one', () => {
  const answer = new AnswerText()
  for (const each of [chunk('One two'), reset, chunk('One'), event('llm_result', { text: 'One' })]) answer.take(each)
  expect(answer.isWhole).toBe(false)
})
