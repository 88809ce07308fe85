import { expect, test } from 'vitest'
import { memoryLedger, type Ledger } from '../../machines/refund-desk/ledger.ts'
import { refundCall, openDesk, nextResult } from '../machines/refund-desk.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { emptyStore, kinds } from './fork-stores.ts'

const asked = { toolCalls: [refundCall('c1', 'A-17', 25)] }

/** A ledger that tells under which keys it was asked to refund. */
function keyedLedger(): Ledger & { readonly keys: string[] } {
  const ledger = memoryLedger()
  const keys: string[] = []
  return { ...ledger, keys, record: (key, refund) => (keys.push(key), ledger.record(key, refund)) }
}

test.each(kinds)('%s: what waits is decided in the fork and in its session, each under its own keys', async (kind) => {
  const ledger = keyedLedger()
  await using desk = await openDesk([asked, 'Done here.', 'Done there.'], { store: await emptyStore(kind), ledger })
  const { session } = desk
  await session.send('Refund A-17').result
  await using fork = await session.fork({ id: 'fork' })
  expect(fork.pending()).toMatchObject([{ node: 'tools', undecided: ['c1'] }])
  expect(fork.pending()[0]?.eventId).toMatch(/^fork\/0\.1\.\d+$/)

  const here = await session.signal('approve', { callId: 'c1' })
  expect(await here.result).toMatchObject({ traceId: 'desk/0.1', status: 'completed' })
  expect(fork.pending()).toHaveLength(1)
  const there = await fork.signal('approve', { callId: 'c1' })
  expect(await there.result).toMatchObject({ traceId: 'fork/0.1', status: 'completed', text: 'Done there.' })
  expect(ledger.keys.map((key) => key.split('/')[0])).toEqual(['desk', 'fork'])
  expect(new Set(ledger.keys).size).toBe(2)
})

test('what is rejected in the fork waits on in its session', async () => {
  const store = await emptyStore('sqlite')
  await using desk = await openDesk([asked, 'Sorry.'], { store })
  const { session, ledger } = desk
  await session.send('Refund A-17').result
  await using fork = await session.fork({ id: 'fork' })
  const turn = await fork.signal('reject', { callId: 'c1', reason: 'too late' })
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'Sorry.' })
  expect(ledger.entries()).toEqual([])
  expect(session.pending()).toHaveLength(1)
  expect(session.value).toBe('awaitingApproval')
})

test('its timer runs in both, each for the rest of its time', async () => {
  const clock = manualClock()
  await using desk = await openDesk([asked, 'Nobody.', 'Nobody there.'], { store: await emptyStore('memory'), clock })
  const { session } = desk
  await session.send('Refund A-17').result
  clock.advance(1_800_000)
  await using fork = await session.fork({ id: 'fork' })
  clock.advance(1_799_999)
  expect([session.pending().length, fork.pending().length]).toEqual([1, 1])
  const ended = Promise.all([nextResult(session), nextResult(fork)])
  clock.advance(1)
  expect((await ended).map(({ status }) => status)).toEqual(['completed', 'completed'])
})

test('a turn that waited as another ended waits in a fork at that end, with the time that it had then', async () => {
  const clock = manualClock()
  const script = [asked, 'Still waiting.', 'Refunded.', 'Nobody.']
  await using desk = await openDesk(script, { store: await emptyStore('sqlite'), clock })
  const { session } = desk
  await session.send('Refund A-17').result
  clock.advance(600_000)
  expect(await session.send('And?').result).toMatchObject({ traceId: 'desk/0.2', status: 'completed' })
  expect(await (await session.signal('approve', { callId: 'c1' })).result).toMatchObject({ text: 'Refunded.' })
  clock.advance(7_200_000)

  await using fork = await session.fork({ at: '0.2', id: 'fork' })
  expect(fork.value).toBe('awaitingApproval')
  expect(fork.pending()).toMatchObject([{ node: 'tools', undecided: ['c1'] }])
  clock.advance(2_999_999)
  expect(fork.pending()).toHaveLength(1)
  const ended = nextResult(fork)
  clock.advance(1)
  expect(await ended).toMatchObject({ traceId: 'fork/0.1', status: 'completed', text: 'Nobody.' })
})
