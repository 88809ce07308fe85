import { expect, test } from 'vitest'
import { wordAgent } from '../agents.ts'
import { handshake, feedUrl, startLooking, token } from './looking.ts'

test('a server that shuts down tells those who look, and waits for none of them', async () => {
  const { server, connect, call, url } = await startLooking({ agents: [wordAgent()] })
  await call('POST', '/sessions', { id: 'ada' })
  const reader = await connect()
  await reader.subscribe('ada')
  const code = new Promise<number>((resolve) => reader.socket.on('close', resolve))
  await server.close()
  expect(await code).toBe(1001)
  await expect(handshake(feedUrl(url, token))).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('a client that does not answer any more is let go', async () => {
  const { connect } = await startLooking({ agents: [wordAgent()], limits: { heartbeat: 20 } })
  const reader = await connect()
  // What `ws` does when a ping comes.
  reader.socket.pong = () => {}
  const code = await new Promise<number>((resolve) => reader.socket.on('close', resolve))
  expect(code).toBe(1006)
})
