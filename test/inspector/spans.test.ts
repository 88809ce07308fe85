import { expect, test } from 'vitest'
import { axisTicks, spansOf } from '../../inspector/src/waterfall/spans.ts'
import { jobRecord, modelRecord, turnView } from './records.ts'

test('bars are in the order in which they began, model calls inside the work that made them', () => {
  const records = [
    jobRecord(1, 'memory', 1_000, 2),
    modelRecord(2, 'llm', 1_004, 30),
    jobRecord(3, 'llm', 1_003, 40),
    jobRecord(4, 'llm', 1_090, 5, { traceId: 's/0.2' }),
    modelRecord(5, 'router', 1_050, 4),
  ]
  const spans = spansOf(turnView('s/0.1'), records, {})
  expect(spans.map(({ node, kind, depth, start, end }) => [node, kind, depth, start, end])).toEqual([
    ['memory', 'job', 0, 1_000, 1_002],
    ['llm', 'job', 0, 1_003, 1_043],
    ['llm', 'model', 1, 1_004, 1_034],
    ['router', 'model', 0, 1_050, 1_054],
  ])
})

test('what is still running has a bar without an end', () => {
  const stats = {
    handled: 0,
    failed: 0,
    totalTime: 0,
    lastTime: 0,
    usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0, calls: 0 },
  }
  const current = { event: { id: 's/0.1.4', from: 'memory', type: 'memory_ready' }, attempt: 1, since: 1_020 }
  const llm = {
    status: 'running',
    current,
    inbox: [],
    held: [],
    lastEvent: null,
    error: null,
    state: null,
    stats,
  } as const
  const spans = spansOf(turnView('s/0.1', { endedAt: null, status: 'running' }), [], { llm })
  expect(spans).toMatchObject([{ node: 'llm', start: 1_020, end: null, status: 'running' }])
  expect(spansOf(turnView('s/0.11'), [], { llm })).toEqual([])
})

test('the axis has few round lines', () => {
  expect(axisTicks(95)).toEqual([0, 20, 40, 60, 80])
  expect(axisTicks(1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1].map((value) => expect.closeTo(value)))
})
