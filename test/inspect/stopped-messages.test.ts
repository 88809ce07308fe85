import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { defineAgent, defineNode, openSession, textOf } from '../setup/engine.ts'
import { storedMessages } from '../../src/inspect/stored-messages.ts'
import { testStore } from '../setup/test-store.ts'
import { deskAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'

function rememberer() {
  const memory = defineNode({
    input: z.string(),
    emits: { kept: z.object({ text: z.string() }) },
    run({ data }, runtime) {
      runtime.append({ role: 'user', content: data })
      runtime.emit('kept', { text: data })
    },
  })
  return defineAgent({
    id: 'rememberer',
    version: 1,
    nodes: { memory },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory', map: textOf },
      { from: 'memory', on: 'kept', to: 'output' },
    ],
  })
}

test('messages of a stopped session are read from its store, and the session stays as it is', async () => {
  const store = testStore()
  const { inspector, connect } = await lookedAt({}, { messages: (id) => storedMessages(store, id) })
  const session = await openSession(rememberer(), { id: 'kept-1', store, inspector })
  await session.send('one').result
  await session.send('two').result
  const live = await session.messages()
  expect(live).toHaveLength(2)
  await session.stop()
  const reader = await connect()
  expect(await reader.ask({ type: 'messages', session: 'kept-1' })).toEqual({ messages: live })
  expect((await reader.subscribe('kept-1')).state.activity).toBe('stopped')
})

test('without a way to read them, messages of a stopped session are refused with the reason', async () => {
  const { inspector, connect } = await lookedAt()
  const session = await openSession(deskAgent(), { id: 'desk-1', inspector })
  onTestFinished(() => session.stop())
  await session.stop()
  const reader = await connect()
  await expect(reader.ask({ type: 'messages', session: 'desk-1' })).rejects.toMatchObject({ code: 'session_stopped' })
})
