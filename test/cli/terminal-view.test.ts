import pico from 'picocolors'
import { beforeEach, expect, test } from 'vitest'
import type { ChatView } from '../../src/cli/chat-view.ts'
import { TerminalView } from '../../src/cli/terminal-view.ts'
import type { NodeState, NodeStatus } from '../../src/core/node.ts'
import { noUsage } from '../../src/core/messages.ts'
import type { TurnResult } from '../../src/core/turn.ts'

const clear = '\r\u001b[2K'
let written: string
let columns: number
let view: ChatView

beforeEach(() => {
  written = ''
  columns = 80
  view = new TerminalView({
    write: (text) => (written += text),
    columns: () => columns,
    style: pico.createColors(false),
    quiet: false,
  })
})

const hop = (from: string, to: string, eventType: string) =>
  view.transition({ from, to, eventType, time: 0, traceId: 's/0.1' })
const states = (statuses: Record<string, NodeStatus>): Record<string, NodeState> =>
  Object.fromEntries(Object.entries(statuses).map(([id, status]) => [id, { status, lastEvent: null, error: null }]))
const event = (type: string, data: { text: string } | { done: boolean }, transient?: true) =>
  view.output({
    id: 's/0.1.1',
    from: 'llm',
    type,
    data,
    sessionId: 's',
    traceId: 's/0.1',
    time: 0,
    ...(transient ? { transient } : {}),
  })
const result = (more: Partial<TurnResult> = {}): TurnResult => ({
  traceId: 's/0.1',
  status: 'completed',
  text: '',
  usage: noUsage,
  pending: [],
  dropped: [],
  error: null,
  ...more,
})

test('one line shows where the turn is, gives way to the answer, and stands below it in the end', () => {
  view.begin({ type: 'user_input', text: 'hi' })
  hop('input', 'memory', 'user_input')
  view.states(states({ memory: 'running', llm: 'idle' }))
  hop('memory', 'llm', 'memory_ready')
  view.states(states({ memory: 'completed', llm: 'running' }))
  expect(written.split(clear).at(-1)).toBe('memory ✓ → llm ●')

  written = ''
  event('llm_chunk', { text: 'Hel' }, true)
  view.states(states({ memory: 'completed', llm: 'running' }))
  event('llm_chunk', { text: 'lo' }, true)
  event('llm_result', { text: 'Hello' })
  view.end(result({ usage: { ...noUsage, totalTokens: 7 } }), states({ memory: 'completed', llm: 'completed' }), [])
  expect(written).toBe(`${clear}Hello\nmemory ✓ → llm ✓ · 7 tokens\n\n`)
})

test('on a narrow terminal the line stays one line, with its end', () => {
  columns = 20
  view.begin({ type: 'user_input', text: 'hi' })
  view.states(states({ memory: 'completed', router: 'completed', llm: 'running' }))
  hop('input', 'memory', 'user_input')
  hop('memory', 'router', 'memory_ready')
  hop('router', 'llm', 'route')
  const line = written.split(clear).at(-1) as string
  expect(line).toBe('…→ router ✓ → llm ●')
  expect(line.length).toBeLessThan(columns)
})

test('an answer that nobody streamed is printed, as are events without a text', () => {
  view.begin({ type: 'user_input', text: 'hi' })
  event('note', { done: true })
  event('llm_result', { text: 'Whole.' })
  view.end(result(), {}, [])
  expect(written).toBe('note: {"done":true}\nWhole.\n\n')
})

test('after a reset the answer begins on a new line', () => {
  view.begin({ type: 'user_input', text: 'hi' })
  event('llm_chunk', { text: 'Wro' }, true)
  event('llm_chunk_reset', { text: '' }, true)
  event('llm_chunk', { text: 'Right' }, true)
  event('llm_result', { text: 'Right' })
  view.end(result(), {}, [])
  expect(written).toBe('Wro\n(the answer is tried again)\nRight\n\n')
})

test('a turn that fails names the node, what happened and what was dropped', () => {
  const error = { name: 'Error', message: 'No key. Set one.', code: 'no_key' }
  view.begin({ type: 'user_input', text: 'hi' })
  view.end(
    result({ status: 'failed', error, dropped: ['llm.noted'] }),
    { llm: { status: 'failed', lastEvent: null, error } },
    [],
  )
  expect(written).toBe('error: llm: No key. Set one.\nnothing handles llm.noted: add an edge for it\n\n')
})

test('what a model writes cannot steer the terminal', () => {
  view.begin({ type: 'user_input', text: 'hi' })
  event('llm_chunk', { text: '\u001b[2Jred\u0007\u009bA\ttab\n' }, true)
  expect(written).toBe('redA\ttab\n')
})

test('the line below an answer says what it cost, where prices are known', () => {
  view.begin({ type: 'user_input', text: 'hi' })
  hop('input', 'llm', 'user_input')
  view.end(result({ usage: { ...noUsage, totalTokens: 12, cost: 0.0012345 } }), states({ llm: 'completed' }), [])
  expect(written).toContain('llm ✓ · 12 tokens · cost 0.00123\n')
})
