import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { gate } from '../setup/gate.ts'
import { deskAgent, echoAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'

test('a client sends messages and signals, and gets the turn that they went to', async () => {
  const { inspector, connect } = await lookedAt()
  const session = await openSession(deskAgent(), { id: 'desk-1', inspector })
  onTestFinished(() => session.stop())
  const reader = await connect()
  const sent = await reader.ask({ type: 'act', session: 'desk-1', act: { kind: 'send', content: 'big one' } })
  expect(sent.traceId).toBe('desk-1/0.1')
  await session.idle()
  expect(session.value).toBe('waiting')
  const approved = await reader.ask({
    type: 'act',
    session: 'desk-1',
    act: { kind: 'signal', type: 'approve', data: {} },
  })
  expect(approved.traceId).toBe('desk-1/0.1')
  await session.idle()
  expect(session.value).toBe('open')
  expect(session.trace().at(-1)).toMatchObject({ from: 'cashier', to: 'output' })
})

test('a client gives the machine any event of its vocabulary, and no other', async () => {
  const { inspector, connect } = await lookedAt()
  const session = await openSession(deskAgent(), { id: 'desk-1', inspector })
  onTestFinished(() => session.stop())
  const reader = await connect()
  const give = (type: string, data: never) =>
    reader.ask({ type: 'act', session: 'desk-1', act: { kind: 'event', type, data } })
  await give('clerk.asked', { text: 'made up', big: true } as never)
  expect(session.value).toBe('waiting')
  expect(session.pending()).toMatchObject([{ node: 'cashier', data: { text: 'made up' } }])

  await expect(give('clerk.asked', { text: 1 } as never)).rejects.toMatchObject({ code: 'invalid_signal' })
  await expect(give('nobody.said', {} as never)).rejects.toThrow('the machine takes')
  await expect(give('xstate.init', {} as never)).rejects.toThrow('the machine takes')
  expect(session.pending()).toHaveLength(1)
})

test('a client cancels a turn and stops a session', async () => {
  const { inspector, connect } = await lookedAt()
  const door = gate()
  const session = await openSession(echoAgent(door), { id: 'echo-1', inspector })
  onTestFinished(() => session.stop())
  const reader = await connect()
  await reader.subscribe('echo-1')
  const turn = session.send('hello')
  await door.reached
  await reader.ask({ type: 'act', session: 'echo-1', act: { kind: 'cancel', traceId: turn.traceId } })
  expect((await turn.result).status).toBe('cancelled')
  await reader.until((each) => each.records('echo-1').some(({ kind }) => kind === 'job'))
  expect(reader.records('echo-1').find(({ kind }) => kind === 'job')).toMatchObject({ status: 'cancelled' })
  door.open()
  expect(await reader.ask({ type: 'act', session: 'echo-1', act: { kind: 'stop' } })).toEqual({ traceId: null })
  await reader.until((each) => each.state('echo-1').activity === 'stopped')
  const late = reader.ask({ type: 'act', session: 'echo-1', act: { kind: 'send', content: 'more' } })
  await expect(late).rejects.toMatchObject({ code: 'session_stopped' })
})

test('who may only look cannot act, and who may not see a session does not know of it', async () => {
  const sees = (id: string): boolean => id.startsWith('mine')
  const { inspector, connect } = await lookedAt({}, { canAct: false, connect: { sees } })
  const mine = await openSession(echoAgent(), { id: 'mine-1', inspector })
  const other = await openSession(echoAgent(), { id: 'other-1', inspector })
  onTestFinished(async () => void (await Promise.all([mine.stop(), other.stop()])))
  const reader = await connect()
  expect(reader.frames[0]).toMatchObject({ type: 'hello', canAct: false })
  const act = { kind: 'send', content: 'hi' } as const
  await expect(reader.ask({ type: 'act', session: 'mine-1', act })).rejects.toMatchObject({ code: 'look_only' })
  await expect(reader.subscribe('other-1')).rejects.toMatchObject({ code: 'session_unknown' })
  expect((await reader.ask({ type: 'sessions' })).sessions.map(({ id }) => id)).toEqual(['mine-1'])
  expect(mine.trace()).toEqual([])
})

test('what is no request is answered by an error that says why', async () => {
  const { connect } = await lookedAt()
  const reader = await connect()
  for (const text of ['{', '[]', 'null', '{"type":"subscribe","id":7}', '{"type":"dance","id":8}']) reader.send(text)
  await reader.until(({ frames }) => frames.length === 6)
  expect(reader.frames.slice(1)).toMatchObject(
    [null, null, null, 7, 8].map((id) => ({ type: 'error', id, error: { code: 'bad_frame' } })),
  )
})
