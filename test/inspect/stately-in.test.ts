import { createWebSocketInspector } from '@statelyai/inspect'
import { expect, onTestFinished, test } from 'vitest'
import { assign, createActor, fromPromise, setup } from 'xstate'
import { StatelyFeed } from '../../src/inspect/stately-feed.ts'
import { lookedAt } from './looked-at.ts'
import type { EventRecord } from '../../src/inspect/protocol.ts'

const order = setup({
  types: { context: {} as { items: string[] } },
  actors: { charge: fromPromise(async () => 'charged') },
}).createMachine({
  id: 'order',
  context: { items: [] },
  initial: 'cart',
  states: {
    cart: {
      on: {
        ADD: { actions: assign({ items: ({ context, event }) => [...context.items, String(event['item'])] }) },
        PAY: 'paying',
      },
    },
    paying: { invoke: { id: 'charge', src: 'charge', onDone: 'paid' } },
    paid: { type: 'final' },
  },
})

test('an XState app with an official sender is a session here: its statechart, events and states', async () => {
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
  const reader = await connect()
  await reader.ask({ type: 'sessions' })

  const sender = createWebSocketInspector({ url: server.url.replace('/inspect', '/inspect/stately') })
  const actor = createActor(order, { inspect: sender.inspect }).start()
  onTestFinished(() => void actor.stop())
  const listed = () => reader.frames.flatMap((frame) => (frame.type === 'sessions_changed' ? frame.sessions : []))
  await reader.until(() => listed().some(({ agent }) => agent === 'order'))
  const { id, source } = listed().find(({ agent }) => agent === 'order') ?? { id: '' }
  expect(source).toBe('stately')
  const { state } = await reader.subscribe(id)
  expect(state).toMatchObject({ value: 'cart', context: { items: [] } })
  expect(reader.frames.find(({ type }) => type === 'machine')).toMatchObject({
    machine: { id: 'order', definition: { initial: 'cart', states: { paid: { type: 'final' } } }, graph: null },
  })

  actor.send({ type: 'ADD', item: 'kettle' } as never)
  actor.send({ type: 'PAY' } as never)
  await reader.until((each) => each.state(id).activity === 'ended')
  expect(reader.state(id)).toMatchObject({ value: 'paid', context: { items: ['kettle'] } })
  expect(reader.state(id).nodes['charge']).toMatchObject({ status: 'completed' })
  const events = reader.records(id).filter((record): record is EventRecord => record.kind === 'event')
  expect(events.find(({ type }) => type === 'ADD')).toMatchObject({
    from: 'external',
    to: ['order'],
    data: { item: 'kettle' },
    context: [{ op: 'add', path: '/items/-', value: 'kettle' }],
  })
  expect(events.find(({ type }) => type === 'PAY')).toMatchObject({ states: ['cart', 'paying'] })
  expect(events.find(({ type }) => type === 'xstate.done.actor.charge')).toMatchObject({ states: ['paying', 'paid'] })

  const act = reader.ask({ type: 'act', session: id, act: { kind: 'stop' } })
  await expect(act).rejects.toMatchObject({ code: 'session_foreign' })
  sender.stop()
  await reader.until(() => listed().at(-1)?.activity === 'stopped')
})

test('what is no frame of the official wire is left alone', async () => {
  const { inspector } = await lookedAt()
  const sent: string[] = []
  const socket = { send: (text: string) => void sent.push(text), close: () => {}, bufferedAmount: 0 }
  const connection = new StatelyFeed(inspector).connect(socket)
  const common = { _version: '0.7.2', sessionId: 'x:1' }
  for (const frame of [
    'hello',
    'null',
    '[]',
    '{"type":"@xstate.actor"}',
    JSON.stringify({ ...common, type: '@xstate.action' }),
    JSON.stringify({ ...common, type: '@xstate.event', event: 'no object' }),
  ])
    connection.receive(frame)
  expect(inspector.all()).toEqual([])
  // Two actors that name each other as parents, and a definition that is no JSON.
  for (const [sessionId, parentId] of [
    ['x:1', 'x:2'],
    ['x:2', 'x:1'],
  ])
    connection.receive(JSON.stringify({ ...common, type: '@xstate.actor', sessionId, parentId, definition: '{' }))
  connection.receive(JSON.stringify({ ...common, type: '@xstate.snapshot', snapshot: null }))
  expect(inspector.all().map(({ activity }) => activity)).toEqual(['idle'])
  connection.closed()
  expect(inspector.all().map(({ activity }) => activity)).toEqual(['stopped'])
})
