import { z } from 'zod'
import { expect, test } from 'vitest'
import { defineAgent, defineNode, openSession, textOf, type Agent } from '../setup/engine.ts'
import { settled } from '../setup/gate.ts'
import { played, soloAgent, untilAborted } from './agents.ts'

const picky = defineNode({ input: z.object({ number: z.number() }), emits: {}, run() {} })

test('a target whose turn fails at another target of the same event is aborted', async () => {
  const agent = defineAgent({
    id: 'fan_out',
    version: 1,
    nodes: { picky, worker: played(untilAborted) },
    edges: [
      {
        from: 'input',
        on: 'user_input',
        // The map breaks its promise, as one in plain JavaScript may.
        to: [{ node: 'picky', map: (content) => ({ number: textOf(content) as unknown as number }) }, 'worker'],
      },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent)
  expect(await session.send('hello').result).toMatchObject({
    status: 'failed',
    error: { code: 'invalid_input', node: 'picky' },
  })
  expect(session.nodeStates()).toMatchObject({ worker: { status: 'idle' }, picky: { status: 'failed' } })
})

test('a listener that cancels a turn on its first output stops the work that the same step asked for', async () => {
  const handled: string[] = []
  const agent = defineAgent({
    id: 'told_first',
    version: 1,
    nodes: { worker: played((text) => void handled.push(text)) },
    edges: [{ from: 'input', on: 'user_input', to: ['output', 'worker'] }],
  }) as unknown as Agent
  await using session = await openSession(agent)
  session.on('output', ({ traceId }) => session.cancel(traceId))
  expect(await session.send('hello').result).toMatchObject({ status: 'cancelled' })
  await settled()
  expect(handled).toEqual([])
})

test('a handler that stops its session stops the work that the same step asked for', async () => {
  const handled: string[] = []
  let stopped: Promise<void> | undefined
  const agent = defineAgent({
    id: 'stops_all',
    version: 1,
    nodes: {
      first: played(() => void (stopped = session.stop())),
      second: played((text) => void handled.push(text)),
    },
    edges: [{ from: 'input', on: 'user_input', to: ['first', 'second'] }],
  }) as unknown as Agent
  const session = await openSession(agent)
  await expect(session.send('hello').result).rejects.toMatchObject({ code: 'session_stopped' })
  await stopped
  expect(handled).toEqual([])
})

test('what a handler still does after it was given up has no effect', async () => {
  let late: (() => void) | undefined
  const agent = soloAgent(async (text, runtime) => {
    if (text !== 'first') return runtime.emit('said', { text })
    await new Promise<void>((resolve) => (late = resolve))
    runtime.emit('chunk', { text: 'late' })
    runtime.emit('said', { text: 'late' })
    runtime.setState('late')
    runtime.append({ role: 'assistant', content: 'late' })
  })
  await using session = await openSession(agent)
  const outputs: unknown[] = []
  session.on('output', ({ type, data }) => outputs.push([type, data]))
  const first = session.send('first')
  await settled()
  first.cancel()
  expect(await first.result).toMatchObject({ status: 'cancelled', text: '' })
  expect(await session.send('second').result).toMatchObject({ status: 'completed', text: 'second' })
  late?.()
  await settled()
  expect(outputs).toEqual([['said', { text: 'second' }]])
  expect(await session.messages()).toEqual([])
  expect((await session.snapshot()).snapshot).not.toHaveProperty('children.worker.snapshot.state')
})
