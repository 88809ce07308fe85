import { expect, test } from 'vitest'
import type { AgentEvent } from '../../src/core/events.ts'
import type { Checkpoint } from '../../src/session/checkpoint.ts'
import { checkpointText, readCheckpoint } from '../../src/session/checkpoint-text.ts'

const traceId = 's/0.3'
const event = (n: number, more: Partial<AgentEvent> = {}): AgentEvent => ({
  id: `${traceId}.${n}`,
  from: 'llm',
  type: 'tool_call',
  data: { window: { ids: ['0.1', '0.2', '0.3', '0.7', '1.8', '1.9'], prepend: [], text: 'é' }, calls: [] },
  sessionId: 's',
  traceId,
  time: 1_700_000_000_000,
  ...more,
})
const lastOf = ({ id, type, from }: AgentEvent) => ({ id, type, from })

const busy: Checkpoint = {
  format: 1,
  agent: { id: 'a', version: 2, hash: 'abc' },
  sessionId: 's',
  branch: 1,
  revision: 17,
  head: { branch: 1, count: 10, parents: [{ branch: 0, until: 8 }] },
  counters: { turn: 3, event: 9, sequence: 12 },
  turns: [
    {
      traceId,
      status: 'running',
      steps: 4,
      toolRounds: 1,
      usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3, calls: 1 },
      acceptedAt: 5,
      text: 'so far',
      dropped: ['llm.thought'],
      failure: { name: 'Error', message: 'no', code: 'x' },
      cancelled: true,
    },
    {
      traceId: 's/0.4',
      status: 'queued',
      steps: 0,
      toolRounds: 0,
      usage: { inputTokens: 0, outputTokens: 0, totalTokens: 0, calls: 0 },
      acceptedAt: 6,
      text: '',
      dropped: [],
      failure: null,
      cancelled: false,
      input: 'next',
      clientId: 'c',
    },
  ],
  snapshot: {
    status: 'active',
    value: { open: 'asking' },
    context: { count: 2 },
    historyValue: { open: ['asking'] },
    children: {
      idle: { snapshot: { status: 'active' }, src: 'idle', syncSnapshot: false },
      tools: {
        snapshot: {
          status: 'active',
          current: { event: event(7), attempt: 2 },
          inbox: [event(8, { data: { window: { ids: ['0.1', '~0~x'], prepend: [], text: '' } } })],
          held: [{ event: event(6, { traceId: 's/0.1' }), undecided: ['c1'], rejected: { c2: 'no' } }],
          attempts: { 's/0.3.6': 1 },
          state: { ids: ['0.1', '0.2'] },
          last: lastOf(event(7)),
        },
        src: 'tools',
        syncSnapshot: false,
      },
      llm: {
        snapshot: { status: 'active', last: lastOf(event(5)), failure: { name: 'E', message: 'm', code: 'c' } },
        src: 'llm',
        syncSnapshot: false,
      },
    },
  } as never,
  timers: [{ key: ' t', id: 't', source: '', target: '', event: { type: 'after' }, due: 9 }],
  seenBefore: 4,
  seen: [{ clientId: 'c', turn: '0.4', sequence: 11 }],
  retired: { gone: { state: 1 } },
}

test('a checkpoint comes back from its text as it was', () => {
  expect(readCheckpoint(checkpointText(busy), 's')).toEqual(busy)
})

test('a checkpoint that is stored whole, as an export has it, is read as well', () => {
  expect(readCheckpoint(JSON.stringify(busy), 's')).toEqual(busy)
})

test('data that look like what is told in short come back as they were', () => {
  const data = [
    { window: { ids: '0.1+3' } },
    { window: { ids: ['0.1+3', '0.4'] } },
    { window: { ids: [] } },
    { window: { ids: ['0.01', '0.02'] } },
    { window: { ids: ['a.1', 'a.2'] } },
    { window: { ids: ['0.1', 2] } },
    { window: null },
    'plain',
    null,
    ['0.1', '0.2'],
    { text: 's/0.3.7' },
  ]
  for (const each of data) {
    const held = {
      ...busy,
      snapshot: { status: 'active', value: {}, context: {}, historyValue: {}, children: nodeHolding(each) } as never,
    }
    expect(readCheckpoint(checkpointText(held), 's')).toEqual(held)
  }
})

test('a window of 40 messages adds little to what is stored', () => {
  const window = (length: number): number => {
    const ids = Array.from({ length }, (_, index) => `0.${3_000 + index}`)
    const data = { window: { ids, prepend: [], text: '' } }
    return checkpointText({ ...busy, snapshot: { ...busy.snapshot, children: nodeHolding(data) } as never }).length
  }
  expect(window(40) - window(1)).toBeLessThan(20)
})

function nodeHolding(data: unknown): object {
  return {
    llm: {
      snapshot: { status: 'active', inbox: [event(8, { data: data as never })] },
      src: 'llm',
      syncSnapshot: false,
    },
  }
}
