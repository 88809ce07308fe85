import { expect, test } from 'vitest'
import { eventsOf, runTroupe } from './run-troupe.ts'

const file = 'test/cli/impatient-desk.ts'
const message = 'Refund order A-17'

test.concurrent('a turn that a timer goes on with has its own block while the next line is awaited', async () => {
  const { code, stdout } = await runTroupe(['chat', file], {
    lines: [message],
    keepsOpen: true,
    on: { text: 'tools → llm → output', call: (child) => child.stdin?.end() },
  })
  expect(code).toBe(0)
  const [first, second, rest] = stdout.split('\n\n')
  expect(first).toMatch(/^› Refund order A-17\n[^]*waiting: tools holds refund/)
  expect(second).toMatch(
    /^\(a timer was due; goes on with: Refund order A-17\)\n {2}tools → llm \(tool_result\)\n[^]*Reason: Nobody answered\.[^]*\n {2}tools → llm → output\n/,
  )
  expect(rest).toBe('')
})

test.concurrent('--json tells of it with a line of its own', async () => {
  const { stdout } = await runTroupe(['chat', file, '--json'], {
    lines: [message],
    keepsOpen: true,
    on: { text: '"status":"completed"', call: (child) => child.stdin?.end() },
  })
  const events = eventsOf(stdout).filter(({ type }) => type !== 'node_states')
  const start = events.findIndex(({ type }) => type === 'turn_start')
  const traceId = events[start - 1]?.['traceId']
  expect(events[start - 1]).toMatchObject({ type: 'turn_end', status: 'waiting' })
  expect(events[start]).toEqual({ type: 'turn_start', by: 'timer', traceId, text: message })
  expect(events.at(-1)).toMatchObject({ type: 'turn_end', status: 'completed', traceId })
})
