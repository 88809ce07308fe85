import { expect, test } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { expectConsole, takeOutputFaults } from './expect-console.ts'

test('unannounced output of every kind is a fault of the test', async () => {
  console.log('a %s', 'line')
  process.emitWarning('a warning')
  void Promise.reject(new Error('a rejection'))
  await new Promise((resolve) => setImmediate(resolve))

  const faults = takeOutputFaults().map((fault) => fault.split('\n')[0])
  expect(new Set(faults)).toEqual(
    new Set([
      'unannounced console.log: a line',
      'unannounced process warning: Warning: a warning',
      'unannounced unhandled rejection: Error: a rejection',
    ]),
  )
})

test('announced output that does not come is a fault', () => {
  expectConsole('never')
  expect(takeOutputFaults()).toEqual(['announced but not printed: never'])
})

test('announced output is no fault', () => {
  expectConsole(/hel+o/)
  console.error('hello')
  expect(takeOutputFaults()).toEqual([])
})

test('XState runs its development build, whose warnings are output', () => {
  expectConsole('stopped actor')
  const actor = createActor(createMachine({})).start()
  actor.stop()
  actor.send({ type: 'late' })
  expect(takeOutputFaults()).toEqual([])
})
