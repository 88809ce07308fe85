import { WebSocket } from 'ws'
import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { StatelyFeed } from '../../src/inspect/stately-feed.ts'
import { deskAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'

test('the hook sees everything that leaves, over either wire: what it hides is in no frame', async () => {
  const redact = (key: string, value: unknown): unknown => {
    if (key === 'password') return '[hidden]'
    return typeof value === 'string' ? value.replaceAll('4711', '····') : value
  }
  const sockets: Record<string, (socket: WebSocket) => void> = {}
  const { inspector, server, connect } = await lookedAt({ redact }, { sockets })
  const official = new StatelyFeed(inspector)
  sockets['/inspect/stately'] = (socket) => {
    const connection = official.connect(socket)
    socket.on('close', () => connection.closed())
  }
  const session = await openSession(deskAgent(), { id: 'desk-1', inspector })
  onTestFinished(() => session.stop())
  const receiver = new WebSocket(server.url.replace('/inspect', '/inspect/stately'))
  const official_texts: string[] = []
  receiver.on('message', (data) => official_texts.push(String(data as Buffer)))
  await new Promise((resolve) => receiver.once('open', resolve))

  const reader = await connect()
  await reader.subscribe('desk-1')
  await session.send('my card is 4711').result
  await session.send('big 4711').result
  await reader.until((each) => each.state('desk-1').activity === 'waiting')
  const { records } = await reader.ask({ type: 'history', session: 'desk-1', before: 1_000 })
  for (const { seq } of records) await reader.ask({ type: 'detail', session: 'desk-1', seq })
  await reader.ask({ type: 'messages', session: 'desk-1' })
  await reader.ask({ type: 'sessions' })
  const bad = reader.ask({ type: 'act', session: 'desk-1', act: { kind: 'event', type: 'x.4711', data: null } })
  await expect(bad).rejects.toThrow('····')

  const all = [...reader.texts, ...official_texts]
  expect(official_texts.length).toBeGreaterThan(10)
  expect(all.filter((text) => text.includes('4711') || text.includes('hunter2'))).toEqual([])
  expect(reader.state('desk-1').context).toEqual({ texts: ['my card is ····', 'big ····'], password: '[hidden]' })
  receiver.close()
})

test('a hook that throws hides what it was asked about', async () => {
  const redact = (key: string, value: unknown): unknown => {
    if (key === 'password') throw new Error('hook')
    return value
  }
  const { inspector, connect } = await lookedAt({ redact })
  const session = await openSession(deskAgent(), { id: 'desk-1', inspector })
  onTestFinished(() => session.stop())
  const reader = await connect()
  const { state } = await reader.subscribe('desk-1')
  expect(state.context).toMatchObject({ password: '[redaction failed]' })
})
