import { expect, test } from 'vitest'
import { activeStates, stateText } from '../../inspector/src/statechart/active-states.ts'
import { readMachine } from '../../inspector/src/statechart/read-machine.ts'
import { callCentreAgent } from './stage.ts'

test('a nested, parallel value names all its active states, and reads as one line', () => {
  const { root } = readMachine(JSON.parse(JSON.stringify(callCentreAgent.machine.config)) as object)
  const value = { call: { open: 'listening' }, mood: 'calm' }
  expect([...activeStates(root, value)]).toEqual([
    'call_centre',
    'call_centre.call',
    'call_centre.call.open',
    'call_centre.call.open.listening',
    'call_centre.mood',
    'call_centre.mood.calm',
  ])
  expect(stateText(value)).toBe('call.open.listening, mood.calm')
  expect(stateText({ a: { b: 'c', d: 'e' } })).toBe('a(b.c, d.e)')
  expect(stateText({})).toBe('')
})

test('states with ids of their own are found by their keys', () => {
  const { root } = readMachine({ id: 'm', initial: 'a', states: { a: { id: 'own' } } })
  expect([...activeStates(root, 'a')]).toEqual(['m', 'own'])
})
