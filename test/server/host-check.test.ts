import { expect, test } from 'vitest'
import { wordAgent } from './agents.ts'
import { allOf, rawConnection, startServing } from './serving.ts'

test('requests for a foreign host are refused: a page cannot reach the server by a name that resolves to it', async () => {
  const { server } = await startServing({ agents: [wordAgent()], allowedHosts: ['agents.example.com'] })
  const ask = async (host: string): Promise<string> => {
    const socket = await rawConnection(server.port)
    socket.write(`GET /agents HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
    return (await allOf(socket)).split(' ')[1] ?? ''
  }
  for (const host of ['localhost', `127.0.0.1:${server.port}`, '[::1]:80', 'LOCALHOST', 'agents.example.com:443'])
    expect([host, await ask(host)]).toEqual([host, '200'])
  for (const host of [
    'evil.example',
    `evil.example:${server.port}`,
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
  ])
    expect([host, await ask(host)]).toEqual([host, '403'])
  for (const host of ['', 'localhost:port', 'local host', 'localhost@evil.example'])
    expect([host, ['400', '403'].includes(await ask(host))]).toEqual([host, true])
})
