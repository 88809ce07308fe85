import { z } from 'zod'
import { defineAgent, defineNode, openSession, textOf } from 'troupe'
import { expect, test } from 'vitest'

const fragile = defineNode({
  input: z.string(),
  emits: { said: z.object({ text: z.string() }) },
  run(event, runtime) {
    runtime.append({ role: 'user', content: event.data })
    runtime.setState({ last: event.data })
    runtime.emit('said', { text: event.data })
    if (event.data === 'break') throw new RangeError('out of range')
  },
})
const apology = defineNode({
  input: z.object({ message: z.string() }),
  emits: { said: z.object({ text: z.string() }) },
  run: (event, runtime) => runtime.emit('said', { text: `Sorry: ${event.data.message}` }),
})

const unrouted = defineAgent({
  id: 'unrouted',
  version: 1,
  nodes: { fragile },
  edges: [
    { from: 'input', on: 'user_input', to: 'fragile', map: textOf },
    { from: 'fragile', on: 'said', to: 'output' },
  ],
})
const routed = defineAgent({
  id: 'routed',
  version: 1,
  nodes: { fragile, apology },
  edges: [
    { from: 'input', on: 'user_input', to: 'fragile', map: textOf },
    { from: 'fragile', on: 'said', to: 'output' },
    { from: 'fragile', on: 'error', to: 'apology' },
    { from: 'apology', on: 'said', to: 'output' },
  ],
})

test('node failure contained: unrouted, it fails its turn and the next turn works', async () => {
  await using session = await openSession(unrouted)
  const failed = await session.send('break').result
  expect(failed).toMatchObject({
    status: 'failed',
    text: '',
    error: { name: 'RangeError', message: 'out of range', node: 'fragile' },
  })
  expect(session.nodeStates()['fragile']).toMatchObject({ status: 'failed', error: { message: 'out of range' } })
  expect(await session.send('fine').result).toMatchObject({ status: 'completed', text: 'fine', error: null })
})

test('nothing of a failed handler takes effect: no state, no message, no event', async () => {
  await using session = await openSession(unrouted)
  await session.send('break').result
  expect(await session.messages()).toEqual([])
  const { snapshot } = await session.snapshot()
  expect(snapshot).not.toHaveProperty('children.fragile.snapshot.state')
  expect(session.trace().map(({ eventType, to }) => [eventType, to])).toEqual([
    ['user_input', 'fragile'],
    ['error', null],
  ])
})

test('node failure contained: routed, it is an event like any other', async () => {
  await using session = await openSession(routed)
  expect(await session.send('break').result).toMatchObject({ status: 'completed', text: 'Sorry: out of range' })
})
