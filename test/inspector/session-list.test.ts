import { expect, test } from 'vitest'
import { SessionList } from '../../inspector/src/feed/session-list.ts'
import type { SessionSummary } from '../../src/inspect/protocol.ts'

const usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0, calls: 0 }
const session = (id: string, more: Partial<SessionSummary> = {}): SessionSummary => ({
  id,
  agent: 'desk',
  machine: 'h',
  source: 'troupe',
  activity: 'idle',
  title: '',
  openedAt: 0,
  lastAt: 0,
  turns: 0,
  failures: 0,
  usage,
  ...more,
})
const ids = (list: SessionList) => list.view.value.sessions.map(({ id }) => id)

test('pages follow each other, and each session is listed once', async () => {
  const pages = [
    { sessions: [session('c'), session('b')], next: 'b', total: 3 },
    { sessions: [session('b'), session('a')], next: null, total: 3 },
  ]
  const asked: unknown[] = []
  const list = new SessionList((question) => {
    asked.push(question)
    return Promise.resolve(pages[asked.length - 1] as (typeof pages)[number])
  })
  await list.search('')
  await list.more()
  await list.more()
  expect(asked).toEqual([{ limit: 100 }, { limit: 100, after: 'b' }])
  expect(ids(list)).toEqual(['c', 'b', 'a'])
})

test('sessions that come are put first when they match, those that change stay where they are', async () => {
  const list = new SessionList(() => Promise.resolve({ sessions: [session('desk-1')], next: null, total: 1 }))
  await list.search('DESK')
  list.merge([session('desk-1', { activity: 'running' }), session('desk-2'), session('other', { agent: 'x' })])
  expect(ids(list)).toEqual(['desk-2', 'desk-1'])
  expect(list.view.value).toMatchObject({ total: 2, sessions: [{}, { activity: 'running' }] })
})

test('an answer to an older search is dropped', async () => {
  const waiting: ((page: { sessions: SessionSummary[]; next: null; total: number }) => void)[] = []
  const list = new SessionList(() => new Promise((resolve) => waiting.push(resolve)))
  const [first, second] = [list.search('a'), list.search('ab')]
  waiting[1]?.({ sessions: [session('ab')], next: null, total: 1 })
  waiting[0]?.({ sessions: [session('a')], next: null, total: 1 })
  await Promise.all([first, second])
  expect(ids(list)).toEqual(['ab'])
})
