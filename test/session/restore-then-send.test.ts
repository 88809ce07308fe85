import { expect, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { settled } from '../setup/gate.ts'
import { testStore } from '../setup/test-store.ts'
import { soloAgent, untilAborted } from './agents.ts'

test('a message that comes at once is a turn behind the one that goes on', async () => {
  const agent = soloAgent(async (text, runtime) => {
    if (runtime.attempt === 1) await untilAborted(text, runtime)
    else runtime.emit('said', { text: `${text} in attempt ${runtime.attempt}` })
  })
  const first = testStore()
  const dead = await openSession(agent, { id: 's', store: first })
  await dead.send('one').accepted
  await settled()
  const store = first.image()
  await using session = await openSession(agent, { id: 's', store })
  const results: string[] = []
  session.on('turn', ({ traceId, text }) => results.push(`${traceId} ${text}`))
  const second = session.send('two')
  await settled()
  second.cancel()
  await second.result
  expect(results).toEqual(['s/0.1 one in attempt 2', 's/0.2 '])
  await dead.stop()
})
