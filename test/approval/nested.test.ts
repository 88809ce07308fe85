import { expect, test } from 'vitest'
import { agentNode, defineAgent, openSession, type Agent } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { payCall, payments, type Done } from './payments.ts'

test('a call of an agent inside of another waits in the outer session, and is decided there', async () => {
  const done: Done = []
  const outer = defineAgent({
    id: 'house',
    version: 1,
    nodes: { clerk: agentNode(payments(done) as unknown as Agent) },
    edges: [
      { from: 'input', on: 'user_input', to: 'clerk' },
      { from: 'clerk', on: 'agent_result', to: 'output' },
    ],
  })
  const model = scriptedModel([{ toolCalls: [payCall('c1')] }, 'Paid.'])
  await using session = await openSession(outer, { client: model.client })
  const { status, pending } = await session.send('Pay').result
  expect(status).toBe('waiting')
  expect(pending).toMatchObject([{ node: 'clerk/0/tools', undecided: ['c1'] }])
  await expect(session.signal('approve', { callId: 'c1', args: { bill: 7 } })).rejects.toThrow('bill')
  await expect(session.signal('approve', { callId: 'c9' })).rejects.toThrow()
  const turn = await session.signal('approve', { callId: 'c1', args: { bill: 'water' } })
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'Paid.' })
  expect(done[0]).toBe('pay water 10')
})
