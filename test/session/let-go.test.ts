import { expect, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { echo, soloAgent } from './agents.ts'

const immediates = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Immediate').length

test('a session that was used or stopped at once is not held until the loop turns', async () => {
  const before = immediates()
  const used = await openSession(soloAgent(echo))
  expect(immediates()).toBe(before + 1)
  const { result } = used.send('one')
  expect(immediates()).toBe(before)
  await result
  await used.stop()

  const stopped = await openSession(soloAgent(echo))
  await stopped.stop()
  expect(immediates()).toBe(before)
})
