import { expect, test } from 'vitest'
import { describeWork } from '../../src/cli/chat-command.ts'

const call = (id: string) => ({ id, name: 'refund', args: { order: id } })
const work = (undecided: readonly string[]) => ({
  node: 'tools',
  eventId: 'e',
  type: 'tool_call',
  data: { calls: [call('a'), call('b'), call('c')] },
  undecided,
  interrupted: false,
})

test.each([
  ['one call', ['b'], 'refund {"order":"b"}'],
  [
    'several calls, each with the id to decide it by',
    ['a', 'c'],
    'refund {"order":"a"} (callId a), refund {"order":"c"} (callId c)',
  ],
])('what waits are the undecided calls: %s', (_title, undecided, text) => {
  expect(describeWork(work(undecided))).toBe(text)
})
