import { expect, test } from 'vitest'
import { wordAgent } from '../agents.ts'
import { startServing } from '../serving.ts'
import { feedUrl, handshake, startLooking, token } from './looking.ts'

const paths = ['/inspect', '/inspect/stately']

test('a cross-site WebSocket is refused, even with the right token', async () => {
  const { url } = await startLooking({ agents: [wordAgent()], allowedOrigins: ['https://app.example.com'] })
  for (const path of paths) {
    const feed = feedUrl(url, token, path)
    for (const origin of ['https://evil.example', 'null', 'http://localhost:1', `${url}.evil.example`])
      expect([path, origin, await handshake(feed, { origin })]).toEqual([path, origin, 403])
    expect(await handshake(feed, { 'sec-fetch-site': 'cross-site' })).toBe(403)
    for (const origin of [url, 'https://app.example.com'])
      expect([path, origin, await handshake(feed, { origin })]).toEqual([path, origin, 101])
  }
})

test('a foreign Host is refused: no name that is made to resolve to this machine reaches the feed or the page', async () => {
  const { url, call } = await startLooking({ agents: [wordAgent()] })
  const { port } = new URL(url)
  for (const path of paths) {
    const feed = feedUrl(url, token, path)
    for (const host of ['evil.example', `evil.example:${port}`, `127.0.0.1.evil.example:${port}`])
      expect([path, host, await handshake(feed, { host, origin: `http://${host}` })]).toEqual([path, host, 403])
    expect(await handshake(feed, { host: `localhost:${port}` })).toBe(101)
  }
  const foreign = await call('GET', '/inspector/', undefined, { origin: 'http://evil.example' })
  expect(foreign.status).toBe(403)
})

test('a wrong token is refused, and over HTTP the page can read why', async () => {
  const { url, call } = await startLooking({ agents: [wordAgent()] })
  for (const path of paths) {
    for (const wrong of [undefined, '', 'x', `${token}x`, token.slice(1)])
      expect([path, wrong, await handshake(feedUrl(url, wrong, path))]).toEqual([path, wrong, 401])
    const asked = await call('GET', `${path}?token=wrong`)
    expect([asked.status, asked.body.error.code]).toEqual([401, 'unauthorized'])
    const known = await call('GET', `${path}?token=${token}`)
    expect([known.status, known.headers.get('upgrade')]).toEqual([426, 'websocket'])
    expect(await handshake(feedUrl(url, undefined, path), { authorization: `Bearer ${token}` })).toBe(101)
  }
})

test('without a token of its own a mounted app lets nobody in, and serve makes one', async () => {
  const made = await startLooking({ agents: [wordAgent()], inspectorToken: undefined })
  const link = new URL(made.server.inspectorUrl ?? '')
  expect(link.pathname).toBe('/inspector/')
  const [, random = ''] = /^#token=([\w-]{32})$/.exec(link.hash) ?? []
  expect(await handshake(feedUrl(made.url, random))).toBe(101)
  expect(await handshake(feedUrl(made.url, undefined))).toBe(401)
})

test('a server without an inspector has none of its routes', async () => {
  const { call, server } = await startServing({ agents: [wordAgent()] })
  expect(server.inspectorUrl).toBeUndefined()
  for (const path of ['/inspector/', '/inspect', '/inspect/stately'])
    expect([path, (await call('GET', path)).status]).toEqual([path, 404])
})

test('a frame over the limit ends the connection, and the server goes on', async () => {
  const { connect, call } = await startLooking({ agents: [wordAgent()] })
  const reader = await connect()
  const closed = new Promise<number>((resolve) => reader.socket.on('close', resolve))
  reader.socket.on('error', () => {})
  reader.send('x'.repeat(1_100_000))
  expect(await closed).toBe(1009)
  expect((await call('GET', '/health')).status).toBe(200)
})
