import type { Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { echoAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'

test(
  'a client that does not read is sent no more than its bound, and the whole state once it reads again',
  { timeout: 30_000 },
  async () => {
    const { inspector, server, connect } = await lookedAt({}, { maxBuffered: 100_000 })
    const session = await openSession(echoAgent(), { id: 'echo-1', inspector })
    onTestFinished(() => session.stop())
    const slow = await connect()
    await slow.subscribe('echo-1')
    const { _socket: stream } = slow.socket as unknown as { _socket: Socket }
    stream.pause()

    // The kernel takes some megabytes before anything waits in the process.
    const text = 'x'.repeat(100_000)
    for (let turn = 0; turn < 150; turn++) {
      await session.send(`${turn} ${text}`).result
      // One batch for each turn, at least.
      const watch = inspector.find('echo-1')
      if (watch) inspector.flush(watch)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(server.feed.size).toBe(1)
    const waiting = [...server.sockets].map(({ bufferedAmount }) => bufferedAmount)
    expect(Math.max(...waiting)).toBeLessThan(1_000_000)
    stream.resume()
    const isResync = ({ type }: { type: string }): boolean => type === 'resync'
    await slow.until(({ frames }) => {
      const at = frames.findIndex(isResync)
      return at >= 0 && frames.slice(at).some(({ type }) => type === 'subscribed')
    })
    await session.send('the end').result
    await slow.until((reader) => reader.state('echo-1').turns.at(-1)?.text === 'echo: the end')
    expect(slow.frames.filter(isResync).length).toBeGreaterThanOrEqual(1)
    const again = await connect()
    expect(slow.state('echo-1')).toEqual((await again.subscribe('echo-1')).state)
  },
)
