import { expect, test } from 'vitest'
import { manualClock } from '../setup/manual-clock.ts'
import { wordAgent } from './agents.ts'
import { rawConnection, startServing } from './serving.ts'

test(
  'a stream without events gets a comment, and a client that takes nothing of what waits is cut off',
  { timeout: 60_000 },
  async () => {
    const clock = manualClock()
    const { call, server } = await startServing({
      agents: [wordAgent()],
      clock,
      limits: { heartbeat: 1_000, stallTimeout: 5_000, maxReplayBytes: 50_000_000 },
    })
    await call('POST', '/sessions', { id: 'ada' })
    const listening = await rawConnection(server.port)
    const stalled = await rawConnection(server.port)
    let heard = ''
    let told = (): void => {}
    listening.setEncoding('utf8').on('data', (text: string) => {
      heard += text
      told()
    })
    const hears = (text: string): Promise<void> =>
      new Promise((resolve) => {
        told = () => heard.includes(text) && resolve()
        told()
      })
    for (const socket of [listening, stalled])
      socket.write('GET /sessions/ada/events HTTP/1.1\r\nhost: localhost\r\n\r\n')
    stalled.pause()
    await hears('id: @0')
    clock.advance(1_000)
    await hears('\n:\n')

    // More than fits into the buffers of its connection.
    const word = 'x'.repeat(250_000)
    for (let turn = 0; turn < 25; turn++) await call('POST', '/sessions/ada/messages', { content: word })
    await hears('id: ada/0.25.end')
    const closed = new Promise((resolve) => stalled.on('close', resolve))
    clock.advance(5_000)
    stalled.resume()
    await closed
    expect(listening.destroyed).toBe(false)
  },
)
