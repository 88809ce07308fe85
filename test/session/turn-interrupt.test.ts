import { expect, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { testStore } from '../setup/test-store.ts'
import { gate } from '../setup/gate.ts'
import { relayAgent, soloAgent, untilAborted } from './agents.ts'

test('a message that interrupts cancels the turn at work, whose messages stay, and begins its own', async () => {
  const stuck = gate()
  const agent = relayAgent(
    (text, runtime) => {
      runtime.append({ role: 'user', content: text })
      runtime.emit('asked', { text })
    },
    async (text, runtime) => {
      if (text === 'long') {
        void stuck.pass()
        await untilAborted(text, runtime)
      }
      runtime.emit('said', { text })
    },
  )
  await using session = await openSession(agent, { store: testStore(), turnPolicy: 'interrupt' })
  const first = session.send('long')
  await stuck.reached
  const second = session.send('short')
  expect(await first.result).toMatchObject({ status: 'cancelled', text: '' })
  expect(await second.result).toMatchObject({ status: 'completed', text: 'short' })
  expect((await session.messages()).map(({ content }) => content)).toEqual(['long', 'short'])
})

test('messages that were queued before keep their place', async () => {
  const stuck = gate()
  const order: string[] = []
  const agent = soloAgent(async (text, runtime) => {
    order.push(text)
    if (text !== 'one') return
    void stuck.pass()
    await untilAborted(text, runtime)
  })
  await using session = await openSession(agent)
  session.send('one')
  await stuck.reached
  const queued = session.send('two')
  const interrupting = session.send('three', { policy: 'interrupt' })
  expect([(await queued.result).status, (await interrupting.result).status]).toEqual(['completed', 'completed'])
  expect(order).toEqual(['one', 'two', 'three'])
})

test('a session at rest takes such a message like any other', async () => {
  await using session = await openSession(soloAgent((text, runtime) => runtime.emit('said', { text })))
  expect(await session.send('hello', { policy: 'interrupt' }).result).toMatchObject({ status: 'completed' })
})
