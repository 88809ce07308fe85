import { expect, test } from 'vitest'
import { openDesk, refundCall, stateOf, toolMessages } from './refund-desk.ts'

const usage = { input: 10, output: 5 }

test('an approved refund runs once, and its turn goes on under the same trace id', async () => {
  await using desk = await openDesk([
    { toolCalls: [refundCall('c1', 'A-17', 25)], usage },
    { text: 'Done.', usage },
  ])
  const { session, ledger, model } = desk
  const first = session.send('Refund 25 euros of A-17')
  const waiting = await first.result
  expect(waiting).toMatchObject({ status: 'waiting', text: '', error: null, dropped: [], usage: { calls: 1 } })
  expect(waiting.pending).toMatchObject([
    { node: 'tools', type: 'tool_call', undecided: ['c1'], data: { calls: [{ id: 'c1', name: 'refund' }] } },
  ])
  expect(session.nodeStates()['tools']?.status).toBe('waiting')
  expect(await stateOf(session)).toBe('awaitingApproval')
  expect(ledger.entries()).toEqual([])

  const turn = await session.signal('approve', { callId: 'c1' })
  expect(turn.traceId).toBe(first.traceId)
  expect(await turn.result).toMatchObject({
    traceId: first.traceId,
    status: 'completed',
    text: 'Done.',
    pending: [],
    // Of the whole turn, what came before it waited included.
    usage: { calls: 2, inputTokens: 20, outputTokens: 10, totalTokens: 30 },
  })
  expect(ledger.entries()).toEqual([{ orderId: 'A-17', amount: 25 }])
  expect(toolMessages(model, 1)).toEqual(['25 euros of order A-17 are refunded.'])
  expect(await stateOf(session)).toBe('chatting')
  expect(session.trace().map(({ from, to, eventType }) => `${from}>${to} ${eventType}`)).toEqual([
    'input>memory user_input',
    'memory>llm memory_ready',
    'llm>tools tool_call',
    'input>tools approve',
    'tools>llm tool_result',
    'llm>output llm_result',
  ])
  expect(new Set(session.trace().map(({ traceId }) => traceId))).toEqual(new Set([first.traceId]))
})

test('an approval when nothing waits fails its turn and says why', async () => {
  await using desk = await openDesk([])
  const turn = await desk.session.signal('approve', { callId: 'c1' })
  const { status, error } = await turn.result
  expect(status).toBe('failed')
  expect(error?.message).toContain(`no transition handles 'input.approve' in state "chatting"`)
})

test('an approval of a call that does not wait leaves what waits as it is', async () => {
  await using desk = await openDesk([{ toolCalls: [refundCall('c1', 'A-17', 25)] }])
  await desk.session.send('Refund').result
  const turn = await desk.session.signal('approve', { callId: 'c2' })
  expect(await turn.result).toMatchObject({ status: 'waiting', pending: [{ undecided: ['c1'] }] })
  expect(desk.ledger.entries()).toEqual([])
})
