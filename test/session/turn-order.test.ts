import { expect, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { gate, settled } from '../setup/gate.ts'
import { relayAgent, soloAgent, untilAborted } from './agents.ts'

test('messages that come at once are turns one after the other, in their order', async () => {
  const order: string[] = []
  const agent = soloAgent(async (text, runtime) => {
    order.push(`begin ${text}`)
    await settled()
    order.push(`end ${text}`)
    runtime.emit('said', { text })
  })
  await using session = await openSession(agent)
  const turns = ['one', 'two', 'three'].map((text) => session.send(text))
  const results = await Promise.all(turns.map(({ result }) => result))
  expect(results.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
  expect(order).toEqual(['begin one', 'end one', 'begin two', 'end two', 'begin three', 'end three'])
})

test('a queued turn that is cancelled never begins, and those behind it are not held up', async () => {
  const working = gate()
  const handled: string[] = []
  const agent = soloAgent(async (text, runtime) => {
    handled.push(text)
    await working.pass()
    runtime.emit('said', { text })
  })
  await using session = await openSession(agent)
  const [first, second, third] = ['one', 'two', 'three'].map((text) => session.send(text))
  second?.cancel()
  expect(await second?.result).toMatchObject({ status: 'cancelled', text: '' })
  working.open()
  expect((await first?.result)?.text).toBe('one')
  expect((await third?.result)?.text).toBe('three')
  expect(handled).toEqual(['one', 'three'])
})

test('cancelling the running turn lets the queued one begin', async () => {
  const agent = soloAgent(async (text, runtime) => {
    if (text === 'stuck') await untilAborted(text, runtime)
    runtime.emit('said', { text })
  })
  await using session = await openSession(agent)
  const [stuck, next] = [session.send('stuck'), session.send('next')]
  stuck.cancel()
  expect(await stuck.result).toMatchObject({ status: 'cancelled' })
  expect(await next.result).toMatchObject({ status: 'completed', text: 'next' })
})

test('cancelling a turn that has ended changes nothing', async () => {
  const agent = soloAgent((text, runtime) => runtime.emit('said', { text }))
  await using session = await openSession(agent)
  const turn = session.send('hello')
  await turn.result
  const before = JSON.stringify({ ...(await session.snapshot()), revision: 0 })
  turn.cancel()
  turn.cancel()
  expect(JSON.stringify({ ...(await session.snapshot()), revision: 0 })).toBe(before)
  expect(await turn.result).toMatchObject({ status: 'completed' })
})

test('while messages are queued, nodes show the states of the turn at work', async () => {
  const working = gate()
  const agent = relayAgent(
    (text, runtime) => runtime.emit('asked', { text }),
    () => working.pass(),
  )
  await using session = await openSession(agent)
  const first = session.send('first')
  await working.reached
  session.send('second')
  expect(session.nodeStates()).toMatchObject({ first: { status: 'completed' }, second: { status: 'running' } })
  working.open()
  await first.result
})

test('cancelling every turn at once leaves a session that works', async () => {
  const agent = soloAgent(async (text, runtime) => {
    if (text !== 'last') await untilAborted(text, runtime)
    runtime.emit('said', { text })
  })
  await using session = await openSession(agent)
  const turns = Array.from({ length: 20 }, (_, index) => session.send(`turn ${index}`))
  for (const turn of turns.toReversed()) turn.cancel()
  const statuses = await Promise.all(turns.map(async ({ result }) => (await result).status))
  expect(new Set(statuses)).toEqual(new Set(['cancelled']))
  expect(await session.send('last').result).toMatchObject({ status: 'completed' })
})
