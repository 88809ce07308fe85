import { expect, test } from 'vitest'
import { memoryStore } from '../../src/store/memory-store.ts'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'
import { open } from './ui-stream/chat.ts'

test('a session of an agent that is not served any more says so, and can be read and deleted', async () => {
  const store = memoryStore()
  const before = await startServing({ agents: [wordAgent()], poolOptions: { store } })
  await before.call('POST', '/sessions', { id: 'ada' })
  await before.call('POST', '/sessions/ada/messages', { content: 'hello' })
  await before.server.close()

  const errors: string[] = []
  const log = { info() {}, warn() {}, error: (_: object, message: string) => errors.push(message) }
  const { call } = await startServing({ agents: [open], log, poolOptions: { store } })
  for (const [method, path, body] of [
    ['GET', '/sessions/ada', undefined],
    ['POST', '/sessions/ada/messages', { content: 'hello' }],
  ] as const) {
    const { status, body: answer } = await call(method, path, body)
    expect([status, answer.error.code, answer.error.message]).toEqual([
      404,
      'agent_not_found',
      "There is no agent 'solo' here. There are: open.",
    ])
  }
  expect((await call('GET', '/sessions/ada/trace')).body.trace).toHaveLength(2)
  expect((await call('DELETE', '/sessions/ada')).status).toBe(204)
  expect(errors).toEqual([])
})
