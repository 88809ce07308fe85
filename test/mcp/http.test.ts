import { once } from 'node:events'
import { expect, test } from 'vitest'
import { mcpTools, openSession, type Tool } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { startHttpServer } from './http-server.ts'
import { agentWith, call } from './servers.ts'

test('a server over HTTP is called, and called again after it was started anew', async () => {
  const server = await startHttpServer()
  await using remote = await mcpTools({ web: { url: server.url, headers: { 'x-of': 'troupe' } } })
  const model = scriptedModel([{ toolCalls: [{ name: 'web__echo', args: { message: 'hello' } }] }, 'It answers.'])
  await using session = await openSession(agentWith(remote), { client: model.client })
  expect(await session.send('Call').result).toMatchObject({ status: 'completed', text: 'It answers.' })
  expect(model.requests[1]?.messages.at(-1)?.content).toBe('Echo: hello')

  await server.kill()
  await expect(call(remote, 'web__echo', { message: 'anybody' })).rejects.toMatchObject({ code: 'mcp_unreachable' })
  await server.start()
  expect(await call(remote, 'web__echo', { message: 'back' })).toBe('Echo: back')
})

test('a call during which the server dies ends, and its outcome is unknown', async () => {
  const server = await startHttpServer()
  await using remote = await mcpTools({ web: { url: server.url } })
  const tool = remote.tools.find(({ name }) => name === 'web__trigger-long-running-operation') as Tool
  const begun = new EventTarget()
  const context = {
    signal: new AbortController().signal,
    callId: 'c',
    idempotencyKey: 'k',
    sessionId: 's',
    traceId: 't',
    progress: () => void begun.dispatchEvent(new Event('progress')),
  }
  const progress = once(begun, 'progress')
  const called = Promise.resolve(tool.run({ duration: 100, steps: 1000 } as never, context))
  const refused = expect(called).rejects.toMatchObject({ code: 'mcp_unreachable' })
  await progress
  await server.kill()
  // It only reads, so it was tried once more.
  await refused
})
