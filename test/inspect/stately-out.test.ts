import { createWebSocketReceiver } from '@statelyai/inspect'
import { expect, onTestFinished, test } from 'vitest'
import { createMachine } from 'xstate'
import { openSession } from '../setup/engine.ts'
import { StatelyFeed } from '../../src/inspect/stately-feed.ts'
import { deskAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'

interface Frame {
  readonly type: string
  readonly sessionId: string
  readonly name?: string
  readonly parentId?: string
  readonly rootId?: string
  readonly sourceId?: string
  readonly definition?: string
  readonly event?: { readonly type: string }
  readonly snapshot?: { readonly value?: unknown; readonly context?: unknown }
}

test('an official receiver is sent the actors that are there, then their events and snapshots', async () => {
  let connected = 0
  const { inspector, server } = await lookedAt(
    {},
    {
      sockets: {
        '/inspect/stately': (socket) => {
          connected++
          const connection = official.connect(socket)
          socket.on('message', (data) => connection.receive(String(data as Buffer)))
          socket.on('close', () => connection.closed())
        },
      },
    },
  )
  const official = new StatelyFeed(inspector)
  const session = await openSession(deskAgent(), { id: 'desk-1', inspector })
  onTestFinished(() => session.stop())
  await session.send('small').result

  const frames: Frame[] = []
  let check = (): void => {}
  const until = (condition: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      check = () => condition() && resolve()
      check()
    })
  const receiver = createWebSocketReceiver({ server: server.url.replace('/inspect', '/inspect/stately') })
  receiver.subscribe((frame) => {
    frames.push(frame as unknown as Frame)
    check()
  })
  await until(() => frames.length >= 3)
  expect(connected).toBe(1)
  expect(frames.slice(0, 3)).toMatchObject([
    { type: '@xstate.actor', sessionId: 'desk-1', rootId: 'desk-1', name: 'desk', snapshot: { value: 'open' } },
    { type: '@xstate.actor', sessionId: 'desk-1:clerk', parentId: 'desk-1', name: 'clerk' },
    { type: '@xstate.actor', sessionId: 'desk-1:cashier', parentId: 'desk-1', name: 'cashier' },
  ])
  // What the hosted inspector does with a definition.
  const machine = createMachine(JSON.parse(frames[0]?.definition ?? '{}') as never)
  expect(Object.keys(machine.states)).toEqual(['open', 'waiting'])

  await session.send('big one').result
  const isWaiting = (frame: Frame): boolean => frame.type === '@xstate.snapshot' && frame.snapshot?.value === 'waiting'
  await until(() => frames.some(isWaiting))
  const asked = frames.find(({ type, event }) => type === '@xstate.event' && event?.type === 'clerk.asked')
  expect(asked).toMatchObject({ sessionId: 'desk-1', sourceId: 'desk-1:clerk', event: { data: { text: 'big one' } } })
  expect(frames.find(isWaiting)).toMatchObject({
    sessionId: 'desk-1',
    event: { type: 'clerk.asked' },
    snapshot: { status: 'active', context: { texts: ['small', 'big one'] }, children: { clerk: { id: 'clerk' } } },
  })
})
