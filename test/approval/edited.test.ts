import { expect, test } from 'vitest'
import { CallsData, defineAgent, defineNode, openSession, SignalError, toolNode, UserInput } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { payCall, payments, paymentTools, told, type Done } from './payments.ts'

async function waiting() {
  const done: Done = []
  const model = scriptedModel([{ toolCalls: [payCall('c1')] }, 'Paid.'])
  const session = await openSession(payments(done), { id: 'p', client: model.client })
  await session.send('Pay').result
  return { done, model, session }
}

test('a call runs with the arguments that a person gives it, and the model is told', async () => {
  const { done, model, session } = await waiting()
  const turn = await session.signal('approve', { callId: 'c1', args: { bill: 'water' } })
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'Paid.' })
  expect(done[0]).toBe('pay water 10')
  expect(told(model, 1)).toEqual(['A person changed the arguments of this call to {"bill":"water"}.\nwater is paid.'])
  await session.stop()
})

test('of arguments without end the model is told the beginning', async () => {
  const { model, session } = await waiting()
  const turn = await session.signal('approve', { callId: 'c1', args: { bill: 'x'.repeat(100_000) } })
  await turn.result
  const content = String(told(model, 1)[0])
  expect(content.length).toBeLessThan(2 * 65_536 + 200)
  expect(content).toMatch(/\[cut here: \d+ of 100011 bytes are left out\]\.\n/)
  await session.stop()
})

test.each([
  ['arguments that the tool does not take', { callId: 'c1', args: { bill: 'water', amount: -1 } }, 'amount: Too small'],
  ['arguments that are no object', { callId: 'c1', args: ['water'] }, 'args'],
  ['a call that does not wait', { callId: 'c9' }, "no call 'c9' waits for a decision; there is c1"],
])('%s are refused before anything is accepted', async (_title, data, reason) => {
  const { done, session } = await waiting()
  const refused = session.signal('approve', data)
  await expect(refused).rejects.toThrow(SignalError)
  await expect(refused).rejects.toThrow(reason)
  expect(session.pending()).toMatchObject([{ undecided: ['c1'] }])
  const turn = await session.signal('approve', { callId: 'c1' })
  expect(await turn.result).toMatchObject({ status: 'completed' })
  expect(done[0]).toBe('pay rent 20')
  await session.stop()
})

test('of two calls under one id none can be edited, both can be approved', async () => {
  const done: Done = []
  const twice = defineNode({
    input: UserInput,
    emits: { planned: CallsData },
    run(_event, runtime) {
      const window = { ids: [], prepend: [], text: '' }
      runtime.emit('planned', { window, calls: [payCall('c1'), payCall('c1', 'power')] })
    },
  })
  const agent = defineAgent({
    id: 'twice',
    version: 1,
    nodes: { twice, tools: toolNode({ tools: paymentTools(done) }) },
    edges: [
      { from: 'input', on: 'user_input', to: 'twice' },
      { from: 'twice', on: 'planned', to: 'tools', map: (data) => data as never },
      { from: 'tools', on: 'tool_result', to: 'output' },
    ],
  })
  await using session = await openSession(agent)
  await session.send('Pay').result
  await expect(session.signal('approve', { callId: 'c1', args: { bill: 'water' } })).rejects.toThrow(
    "more than one call has the id 'c1'",
  )
  await (
    await session.signal('approve', { callId: 'c1' })
  ).result
  expect(done.filter((entry) => entry.startsWith('pay'))).toEqual(['pay rent 20', 'pay power 20'])
})
