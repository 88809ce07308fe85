import { expect, test } from 'vitest'
import { readPlace, writePlace } from '../../inspector/src/state.ts'

test('a place is in the address, whatever the session is called', () => {
  const place = { session: 'a b/ü', view: 'events' } as const
  expect(readPlace(writePlace(place))).toEqual(place)
  expect(readPlace('')).toEqual({ session: undefined, view: 'graph' })
  expect(readPlace('#/x/nonsense')).toEqual({ session: 'x', view: 'graph' })
  expect(readPlace('#/%E0%A4%A/events')).toEqual({ session: '%E0%A4%A', view: 'events' })
})
