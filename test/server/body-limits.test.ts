import { expect, test } from 'vitest'
import { wordAgent } from './agents.ts'
import { allOf, rawConnection, startServing } from './serving.ts'

test('bodies and messages that are too large are refused with 413, also when they do not say how long they are', async () => {
  const { call, url } = await startServing({
    agents: [wordAgent()],
    limits: { maxBodyBytes: 10_000, maxMessageCharacters: 100 },
  })
  await call('POST', '/sessions', { id: 'ada' })
  const long = await call('POST', '/sessions/ada/messages', { content: 'x'.repeat(200) })
  expect([long.status, long.body.error.code]).toEqual([413, 'message_too_large'])
  const large = await call('POST', '/sessions/ada/messages', { content: 'x'.repeat(20_000) })
  expect([large.status, large.body.error.code]).toEqual([413, 'body_too_large'])
  const chunked = (size: number) =>
    fetch(`${url}/sessions/ada/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Blob([JSON.stringify({ content: 'x'.repeat(size) })]).stream(),
      duplex: 'half',
    } as RequestInit)
  expect((await chunked(20_000)).status).toBe(413)
  expect((await chunked(50)).status).toBe(200)
  expect((await call('GET', '/sessions/ada/messages')).body.messages).toHaveLength(0)
})

test('a request that does not come in time gets 408, headers that are too large 431, what is no HTTP 400', async () => {
  const { server } = await startServing({ agents: [wordAgent()], requestTimeout: 200 })
  const say = async (text: string): Promise<string> => {
    const socket = await rawConnection(server.port)
    socket.write(text)
    return allOf(socket)
  }
  const start = 'POST /sessions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n'
  const [slowBody, slowHeaders, headers, noise] = await Promise.all([
    say(`${start}content-length: 100\r\n\r\n{`),
    say('POST /sessions HTTP/1.1\r\nhost:'),
    say(`${start}x: ${'x'.repeat(20_000)}\r\n\r\n`),
    say('hello\r\n\r\n'),
  ])
  for (const [answer, status, code] of [
    [slowBody, '408', 'request_timeout'],
    [slowHeaders, '408', 'request_timeout'],
    [headers, '431', 'headers_too_large'],
    [noise, '400', 'bad_request'],
  ]) {
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status}`))
    expect(answer).toContain(`"code":"${code}"`)
  }
})
