import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { soloAgent } from '../session/agents.ts'
import { lookedAt } from './looked-at.ts'

test('a node that waits to be tried again says so, and what open turns use is counted', async () => {
  const { inspector, connect } = await lookedAt()
  const agent = soloAgent(
    (_text, runtime) => {
      runtime.addUsage({ inputTokens: 3, outputTokens: 4, totalTokens: 7, calls: 1 })
      throw new Error('not now')
    },
    { supervision: { retry: { max: 1, backoff: { initialMs: 60_000, maxMs: 60_000 } } } },
  )
  const session = await openSession(agent, { id: 's', inspector })
  onTestFinished(() => session.stop())
  const reader = await connect()
  await reader.subscribe('s')
  await session.send('hello').accepted
  await reader.until((each) => each.state('s').nodes['worker']?.supervision?.retries === 1)
  const { nodes, usage } = reader.state('s')
  expect(nodes['worker']).toMatchObject({
    status: 'running',
    current: { attempt: 1, since: null },
    error: { message: 'not now' },
    supervision: { retryAt: expect.any(Number) as number, circuit: 'closed', restarts: 0 },
  })
  expect(usage).toMatchObject({ totalTokens: 7, calls: 1 })
})
