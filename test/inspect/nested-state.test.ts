import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { gate } from '../setup/gate.ts'
import { approvalAgent, around, aroundRelay, asks } from '../session/nested/agents.ts'
import { echo } from '../session/agents.ts'
import { lookedAt } from './looked-at.ts'

test('a node that is made of another agent shows the states of its nodes while they are at work', async () => {
  const { inspector, connect } = await lookedAt()
  const working = gate()
  const agent = aroundRelay(asks, async (text, runtime) => {
    await working.pass()
    await echo(text, runtime)
  })
  const session = await openSession(agent, { id: 's', inspector })
  onTestFinished(() => session.stop())
  const reader = await connect()
  await reader.subscribe('s')
  const turn = session.send('Well')
  await working.reached
  await reader.until((each) => each.state('s').nodes['helper']?.nodes?.['helper/0/second'] === 'running')
  expect(reader.state('s').nodes['helper']).toMatchObject({
    status: 'running',
    nodes: { 'helper/0/first': 'completed', 'helper/0/second': 'running' },
  })
  working.open()
  await turn.result
  await reader.until((each) => each.state('s').activity === 'idle')
  expect(reader.state('s').nodes['helper']?.nodes).toBe(undefined)
})

test('what waits inside of it is pending under its path, and the signals of the inner agent are known', async () => {
  const { inspector, connect } = await lookedAt()
  const session = await openSession(around(approvalAgent()), { id: 's', inspector })
  onTestFinished(() => session.stop())
  const reader = await connect()
  await reader.subscribe('s')
  await session.send('pay').result
  await reader.until((each) => each.state('s').activity === 'waiting')
  const { nodes, pending } = reader.state('s')
  expect(nodes['helper']?.status).toBe('waiting')
  expect(pending).toMatchObject([{ node: 'helper/0/worker', traceId: 's/0.1' }])
})
