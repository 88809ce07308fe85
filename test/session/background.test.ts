import { expect, test } from 'vitest'
import { defineAgent, openSession, type Agent } from '../setup/engine.ts'
import { gate, settled } from '../setup/gate.ts'
import { played, untilAborted, type Play } from './agents.ts'

/** What the worker streams is spoken in the background; speech goes to the output. */
function speakingAgent(speak: Play, work?: Play): Agent {
  return defineAgent({
    id: 'speaking',
    version: 1,
    nodes: {
      worker: played(
        work ??
          ((text, runtime) => {
            runtime.emit('asked', { text })
            runtime.emit('said', { text })
          }),
      ),
      speech: played(speak, { background: true }),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'worker' },
      { from: 'worker', on: 'asked', to: 'speech' },
      { from: 'worker', on: 'chunk', to: 'speech' },
      { from: 'worker', on: 'said', to: 'output' },
      { from: 'speech', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
}

test('work in the background does not keep a turn open, and its output comes all the same', async () => {
  const speaking = gate()
  const agent = speakingAgent(async (text, runtime) => {
    await speaking.pass()
    runtime.emit('said', { text: `spoken ${text}` })
  })
  await using session = await openSession(agent)
  const outputs: unknown[] = []
  session.on('output', ({ data, traceId }) => outputs.push([traceId.split('/')[1], data]))
  expect(await session.send('one').result).toMatchObject({ status: 'completed', text: 'one' })
  expect(session.nodeStates()['speech']?.status).toBe('running')
  expect(await session.send('two').result).toMatchObject({ status: 'completed', text: 'two' })
  speaking.open()
  await settled()
  expect(outputs).toEqual([
    ['0.1', { text: 'one' }],
    ['0.2', { text: 'two' }],
    ['0.1', { text: 'spoken one' }],
    ['0.2', { text: 'spoken two' }],
  ])
})

test('cancelling a turn cancels its work in the background too', async () => {
  const aborted = gate()
  const agent = speakingAgent(
    (text, runtime) => untilAborted(text, runtime).finally(() => void aborted.pass()),
    async (text, runtime) => {
      runtime.emit('asked', { text })
      await settled()
      runtime.emit('said', { text })
    },
  )
  await using session = await openSession(agent)
  const done = await session.send('one').result
  expect(done.status).toBe('completed')
  // A turn that has ended has nothing to cancel: its speech goes on until the session stops.
  session.cancel(done.traceId)
  expect(session.nodeStates()['speech']?.status).toBe('running')
  await session.stop()
  await aborted.reached
})

test('a failure in the background after its turn has ended ends nothing', async () => {
  const speaking = gate()
  const agent = speakingAgent(async () => {
    await speaking.pass()
    throw new Error('no voice')
  })
  await using session = await openSession(agent)
  expect(await session.send('one').result).toMatchObject({ status: 'completed' })
  speaking.open()
  await settled()
  expect(session.nodeStates()['speech']).toMatchObject({ status: 'failed', error: { message: 'no voice' } })
  expect(await session.send('two').result).toMatchObject({ status: 'completed', text: 'two' })
})

test('what a background node comes with after its turn has ended opens a turn when it gives others work', async () => {
  const watching = gate()
  const agent = defineAgent({
    id: 'watching',
    version: 1,
    nodes: {
      watcher: played(
        async (text, runtime) => {
          await watching.pass()
          runtime.emit('asked', { text })
        },
        { background: true },
      ),
      worker: played(
        async (text, runtime) => {
          await settled()
          runtime.emit('said', { text: `found ${text}` })
        },
        { onRestore: 'rerun' },
      ),
    },
    edges: [
      { from: 'input', on: 'user_input', to: 'watcher' },
      { from: 'watcher', on: 'asked', to: ['worker', 'output'] },
      { from: 'worker', on: 'said', to: 'output' },
    ],
  }) as unknown as Agent
  await using session = await openSession(agent, { id: 's' })
  expect(await session.send('it').result).toMatchObject({ traceId: 's/0.1', status: 'completed' })
  const outputs: string[] = []
  session.on('output', ({ traceId, type }) => outputs.push(`${traceId} ${type}`))
  const found = new Promise((resolve) => session.on('turn', resolve))
  watching.open()
  expect(await found).toMatchObject({ traceId: 's/0.2', status: 'completed', text: 'found it' })
  expect(outputs).toEqual(['s/0.2 asked', 's/0.2 said'])
})

test('a failure in the background that nothing handles does not fail the turn that it belongs to', async () => {
  const failed = gate()
  const agent = speakingAgent(
    () => {
      void failed.pass()
      throw new Error('no voice')
    },
    async (text, runtime) => {
      runtime.emit('chunk', { text })
      await failed.reached
      await settled()
      runtime.emit('said', { text })
    },
  )
  await using session = await openSession(agent)
  expect(await session.send('one').result).toMatchObject({
    status: 'completed',
    text: 'one',
    dropped: ['speech.error'],
  })
  expect(session.nodeStates()['speech']).toMatchObject({ status: 'failed', error: { message: 'no voice' } })
})
