import { createWebSocketInspector } from '@statelyai/inspect'
import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { StatelyFeed } from '../../src/inspect/stately-feed.ts'
import { deskAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'

test("the official sender's own observer works on a session: all of it arrives", async () => {
  const { inspector, server, connect } = await lookedAt(
    {},
    {
      sockets: {
        '/inspect/stately': (socket) => {
          const connection = official.connect(socket)
          socket.on('message', (data) => connection.receive(String(data as Buffer)))
          socket.on('close', () => connection.closed())
        },
      },
    },
  )
  const official = new StatelyFeed(inspector)
  const sender = createWebSocketInspector({ url: server.url.replace('/inspect', '/inspect/stately') })
  const session = await openSession(deskAgent(), { id: 'desk-1', inspect: sender.inspect })
  onTestFinished(() => session.stop())
  await session.send('big one').result

  const reader = await connect()
  await reader.ask({ type: 'sessions' })
  const listed = () => reader.frames.flatMap((frame) => (frame.type === 'sessions_changed' ? frame.sessions : []))
  await reader.until(() => inspector.all().some(({ agentId }) => agentId === 'desk') || listed().length > 0)
  const [watch] = inspector.all()
  await reader.subscribe(watch?.id ?? '')
  await reader.until((each) => each.state(watch?.id ?? '').value === 'waiting')
  expect(reader.state(watch?.id ?? '')).toMatchObject({ context: { texts: ['big one'] } })
  expect(Object.keys(reader.state(watch?.id ?? '').nodes)).toEqual(['clerk', 'cashier'])
  sender.stop()
})
