import { expect, test } from 'vitest'
import { runMalformedTurns } from './malformed-turns.ts'

test('however malformed an answer is, its turn ends in a defined way and the next one works', async () => {
  const { turns, ends } = await runMalformedTurns(1_000, 7)
  expect(turns).toBe(1_000)
  // The generator reaches all of these; that it does is what makes the rest worth something.
  expect([...ends.keys()]).toEqual(
    expect.arrayContaining(['completed', 'model_bad_answer', 'model_stream_broken', 'invalid_output', 'no_decision']),
  )
}, 60_000)
