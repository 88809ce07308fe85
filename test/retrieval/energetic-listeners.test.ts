import { energeticEmbedder } from 'troupe'
import { expect, test } from 'vitest'

test('the packages of the embedder leave no handler of uncaught errors in the process', async () => {
  const count = (): number[] => ['uncaughtException', 'unhandledRejection'].map((event) => process.listenerCount(event))
  const before = count()
  await energeticEmbedder().embed(['hello'])
  expect(count()).toEqual(before)
})
