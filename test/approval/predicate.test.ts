import { expect, test } from 'vitest'
import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { payments, told, type Done } from './payments.ts'

async function transferOf(args: unknown) {
  const done: Done = []
  const model = scriptedModel([{ toolCalls: [{ id: 'c1', name: 'transfer', args }] }, 'So it is.'])
  await using session = await openSession(payments(done), { client: model.client })
  const { status } = await session.send('Transfer').result
  return { status, done, told: told(model, 1) }
}

test.each([
  ['holds for the checked arguments', { amount: '200' }, 'waiting', []],
  ['does not hold', { amount: '20' }, 'completed', ['transfer 20']],
  ['throws, which counts as true', { amount: 13 }, 'waiting', []],
])('a call waits by its arguments: the predicate %s', async (_title, args, status, done) => {
  expect(await transferOf(args)).toMatchObject({ status, done })
})

test.each([
  ['do not fit', { amount: 'much' }],
  ['are no JSON', '{"amount": '],
])('nobody is asked of a call whose arguments %s: the model is told at once', async (_title, args) => {
  const { status, done, told } = await transferOf(args)
  expect({ status, done }).toEqual({ status: 'completed', done: [] })
  expect(told).toEqual([expect.stringMatching(/^Error: the arguments of 'transfer' are no/)])
})
