import { expect, test } from 'vitest'
import { openSession, type Agent } from '../../setup/engine.ts'
import { gate } from '../../setup/gate.ts'
import { echo, soloAgent } from '../agents.ts'
import { around, aroundRelay, asks } from './agents.ts'

test('a turn of the inner agent is the work of one event: its text, its last output and its usage are the result', async () => {
  const used = { inputTokens: 3, outputTokens: 2, totalTokens: 5, calls: 1 }
  const agent = aroundRelay(asks, (text, runtime) => {
    runtime.addUsage(used)
    runtime.emit('said', { text: `${text}!` })
  })
  await using session = await openSession(agent, { id: 's' })
  const turn = session.send('Well')
  const events = []
  for await (const event of turn) events.push(event)
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'Well?!', usage: used, dropped: [] })
  expect(events).toMatchObject([
    { from: 'helper', type: 'agent_result', data: { text: 'Well?!', output: { text: 'Well?!' }, usage: used } },
  ])
})

test('events are handled one after the other, each in a session of its own', async () => {
  const sessions: string[] = []
  const agent = around(
    soloAgent((text, runtime) => {
      sessions.push(`${text} ${JSON.stringify(runtime.getState() ?? 'nothing')} ${runtime.nodeId}`)
      runtime.setState(text)
      runtime.emit('said', { text })
    }),
  )
  await using session = await openSession(agent, { id: 's' })
  const turns = [session.send('one'), session.send('two')]
  expect((await Promise.all(turns.map(({ result }) => result))).map(({ text }) => text)).toEqual(['one', 'two'])
  expect(sessions).toEqual(['one "nothing" helper/0/worker', 'two "nothing" helper/0/worker'])
})

test('its hops are in the trace and the states of its nodes under the node, by path', async () => {
  const working = gate()
  const agent = aroundRelay(asks, async (text, runtime) => {
    await working.pass()
    await echo(text, runtime)
  })
  await using session = await openSession(agent, { id: 's' })
  const turn = session.send('Well')
  await working.reached
  expect(session.nodeStates()).toMatchObject({
    helper: {
      status: 'running',
      nodes: { 'helper/0/first': { status: 'completed' }, 'helper/0/second': { status: 'running' } },
    },
  })
  expect(session.graph().nodes).toEqual([
    {
      id: 'helper',
      status: 'running',
      nodes: [
        { id: 'helper/0/first', status: 'completed' },
        { id: 'helper/0/second', status: 'running' },
      ],
    },
  ])
  working.open()
  await turn.result
  expect(session.trace().map(({ from, to, eventType, traceId }) => `${traceId} ${from} ${eventType} ${to}`)).toEqual([
    's/0.1 input user_input helper',
    's/0.1 helper/0/input user_input helper/0/first',
    's/0.1 helper/0/first asked helper/0/second',
    's/0.1 helper/0/second said helper/0/output',
    's/0.1 helper agent_result output',
  ])
  expect(session.nodeStates()['helper']).toMatchObject({ status: 'completed' })
  expect(session.graph().nodes[0]?.nodes).toEqual([
    { id: 'helper/0/first', status: 'idle' },
    { id: 'helper/0/second', status: 'idle' },
  ])
})

test('its messages are in a transcript of their own', async () => {
  const windows: unknown[] = []
  const inner = soloAgent(async (text, runtime) => {
    runtime.append({ role: 'user', content: text })
    const window = await runtime.window()
    windows.push((await runtime.messages(window)).map(({ content }) => content))
    runtime.emit('said', { text })
  })
  await using session = await openSession(around(inner), { id: 's' })
  await session.append([{ role: 'user', content: 'of the outer one' }])
  await session.send('one').result
  await session.send('two').result
  expect(windows).toEqual([['one'], ['two']])
  expect((await session.messages()).map(({ content }) => content)).toEqual(['of the outer one'])
})

test('a failed turn is the error of the node, and the next one works', async () => {
  const inner = soloAgent((text, runtime) => {
    if (text === 'bad') throw new TypeError('no good')
    runtime.emit('said', { text })
  })
  await using session = await openSession(around(inner), { id: 's' })
  expect(await session.send('bad').result).toMatchObject({
    status: 'failed',
    error: { name: 'TypeError', message: 'no good', node: 'helper' },
  })
  expect(session.nodeStates()['helper']?.status).toBe('failed')
  expect(await session.send('good').result).toMatchObject({ status: 'completed', text: 'good' })
})

test('agents nest as deep as one likes', async () => {
  const deep = around(around(around(soloAgent(echo), 'third'), 'second'), 'first') as unknown as Agent
  await using session = await openSession(deep, { id: 's' })
  const turn = session.send('down')
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'down' })
  expect(session.trace().map(({ from }) => from)).toContain('helper/0/helper/0/helper/0/worker')
})
