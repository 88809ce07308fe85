import { expect, test } from 'vitest'
import type { InspectionEvent } from 'xstate'
import { openSession, type Session } from '../setup/engine.ts'
import { settled } from '../setup/gate.ts'
import { testStore } from '../setup/test-store.ts'
import { expectConsole } from '../setup/expect-console.ts'
import { echo, relayAgent, soloAgent } from './agents.ts'

const relay = relayAgent(
  (text, runtime) => {
    runtime.emit('chunk', { text })
    runtime.emit('asked', { text })
  },
  (text, runtime) => runtime.emit('said', { text }),
)

const inspections: InspectionEvent['type'][] = [
  '@xstate.actor',
  '@xstate.event',
  '@xstate.snapshot',
  '@xstate.microstep',
  '@xstate.action',
]

test.each(inspections)('an inspect observer that throws on %s changes nothing', async (type) => {
  expectConsole('an inspect observer threw: broken')
  let seen = 0
  await using session = await openSession(relay, {
    id: 's',
    store: testStore(),
    inspect(event) {
      // Node prints each warning, so one in ten has to do.
      if (event.type === type && seen++ % 10 === 0) throw new Error('broken')
    },
  })
  for (const text of ['one', 'two', 'three']) {
    expect(await session.send(text).result).toMatchObject({ status: 'completed', text })
  }
  expect(seen).toBeGreaterThan(2)
})

test('an inspect observer that uses its session before that exists changes nothing', async () => {
  expectConsole("Cannot access 'session' before initialization")
  let first = true
  const session: Session = await openSession(relay, {
    inspect() {
      if (!first) return
      first = false
      session.nodeStates()
    },
  })
  expect(await session.send('hello').result).toMatchObject({ status: 'completed' })
  await session.stop()
})

test('an inspect observer as an object is taken too', async () => {
  const types = new Set<string>()
  await using session = await openSession(relay, { inspect: { next: ({ type }) => void types.add(type) } })
  await session.send('hello').result
  expect([...types]).toEqual(expect.arrayContaining(['@xstate.event', '@xstate.snapshot']))
})

test.each(['output', 'trace', 'states', 'turn'] as const)('a %s listener that throws changes nothing', async (type) => {
  expectConsole(`a session's '${type}' listener threw: broken`)
  await using session = await openSession(relay)
  const told: unknown[] = []
  const off = session.on(type, () => {
    off()
    throw new Error('broken')
  })
  session.on(type, (value) => told.push(value))
  expect(await session.send('hello').result).toMatchObject({ status: 'completed', text: 'hello' })
  expect(told.length).toBeGreaterThan(0)
})

test('a listener that rejects is a warning, not an unhandled rejection', async () => {
  expectConsole("a session's 'turn' listener threw: broken")
  await using session = await openSession(soloAgent(echo))
  session.on('turn', (async () => {
    await Promise.resolve()
    throw new Error('broken')
  }) as () => void)
  await session.send('hello').result
  await settled()
})

test('a listener that was taken away is told no more', async () => {
  await using session = await openSession(soloAgent(echo))
  let told = 0
  const off = session.on('turn', () => told++)
  await session.send('one').result
  off()
  off()
  await session.send('two').result
  expect(told).toBe(1)
})

test('listeners hear each hop, each output and each turn once, in order', async () => {
  await using session = await openSession(relay, { id: 's' })
  const told: string[] = []
  session.on('trace', ({ from, to }) => told.push(`${from}>${to}`))
  session.on('output', ({ type }) => told.push(type))
  session.on('turn', ({ status }) => told.push(status))
  await session.send('hello').result
  expect(told).toEqual(['input>first', 'chunk', 'first>second', 'said', 'second>output', 'completed'])
  expect(session.trace().map(({ from, to }) => `${from}>${to}`)).toEqual(told.filter((text) => text.includes('>')))
})

test('nobody is told of a turn twice, and neither promise of a refused one is an unhandled rejection', async () => {
  const session = await openSession(soloAgent(echo))
  await session.stop()
  session.send('nobody waits for this')
  session.send('nor for this').cancel()
  await settled()
})
