import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { Metrics } from 'troupe/server'
import { wordAgent } from './agents.ts'
import { startServing, type Served } from './serving.ts'

/** Sends a GET that asks for another protocol; all that comes back. */
async function ask({ server }: Served, path: string, protocol: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1')
  await once(socket, 'connect')
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade, close\r\nUpgrade: ${protocol}\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  return text(socket)
}

test('a client that asks for HTTP/2 first is answered, as are WebSockets where there are none', async () => {
  const served = await startServing({ agents: [wordAgent()] })
  await served.call('POST', '/sessions', { id: 'ada' })
  for (const protocol of ['h2c', 'websocket']) {
    expect(await ask(served, '/health', protocol)).toMatch(/^HTTP\/1\.1 200 OK[^]*\{"status":"ok"\}/)
    expect(await ask(served, '/nothing', protocol)).toMatch(/^HTTP\/1\.1 404 /)
  }
  // A connection that nobody took would hold up the end.
  await served.server.close()
})

test('a stream that is asked for as a WebSocket is one like others, and ends with its client', async () => {
  const metrics = new Metrics()
  const served = await startServing({ agents: [wordAgent()], metrics, limits: { maxStreams: 1 } })
  await served.call('POST', '/sessions', { id: 'ada' })
  const socket = connect(served.server.port, '127.0.0.1')
  socket.write(
    'GET /sessions/ada/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  )
  const [head] = (await once(socket, 'data')) as [Buffer]
  expect(String(head)).toMatch(/^HTTP\/1\.1 200 OK[^]*text\/event-stream/)
  expect(await metrics.text()).toContain('troupe_streams_open 1')
  socket.destroy()
  await expect.poll(() => metrics.text()).toContain('troupe_streams_open 0')
})
