import { expect, test } from 'vitest'
import { pausingClock } from '../setup/pausing-clock.ts'
import { nextResult, openDesk, refundCall, stateOf, toolMessages } from './refund-desk.ts'

const expired = 'Error: this call was rejected and did not run. Reason: Nobody approved the refund within an hour.'

test('after an hour without an answer the refund is rejected, and the model tells the customer', async () => {
  const { clock, nextPause } = pausingClock()
  await using desk = await openDesk([{ toolCalls: [refundCall('c1', 'A-17', 25)] }, 'Nobody was there.'], { clock })
  const { session, ledger, model } = desk
  const first = session.send('Refund 25 euros of A-17')
  expect((await first.result).status).toBe('waiting')
  const pause = await nextPause()
  expect(pause.milliseconds).toBe(3_600_000)
  const ended = nextResult(session)
  pause.end()
  expect(await ended).toMatchObject({ traceId: first.traceId, status: 'completed', text: 'Nobody was there.' })
  expect(toolMessages(model, 1)).toEqual([expect.stringContaining(expired)])
  expect(ledger.entries()).toEqual([])
  expect(await stateOf(session)).toBe('chatting')

  const late = await session.signal('approve', { callId: 'c1' })
  expect((await late.result).error?.code).toBe('event_dropped')
  expect(ledger.entries()).toEqual([])
})

test('a decision in time clears the timer', async () => {
  const { clock, nextPause, cleared } = pausingClock()
  await using desk = await openDesk([{ toolCalls: [refundCall('c1', 'A-17', 25)] }, 'Done.'], { clock })
  await desk.session.send('Refund').result
  await nextPause()
  await (
    await desk.session.signal('approve', { callId: 'c1' })
  ).result
  expect(cleared()).toBe(1)
  expect((await desk.session.snapshot()).timers).toEqual([])
})

test('each further refund gets its whole hour', async () => {
  const { clock, nextPause, cleared } = pausingClock()
  const script = [
    { toolCalls: [refundCall('c1', 'A-17', 25)] },
    { toolCalls: [refundCall('c2', 'B-23', 10)] },
    'One expired.',
    'So did the other.',
  ]
  await using desk = await openDesk(script, { clock })
  await desk.session.send('Refund A-17').result
  await nextPause()
  await desk.session.send('Refund B-23').result
  const pause = await nextPause()
  expect(cleared()).toBe(1)
  const both = [nextResult(desk.session)]
  pause.end()
  await both[0]
  await nextResult(desk.session)
  expect(desk.session.nodeStates()['tools']?.status).not.toBe('waiting')
  expect(desk.ledger.entries()).toEqual([])
})
