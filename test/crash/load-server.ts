/**
 * A server for load, as a process of its own: it prints its URL, and for each line on stdin a line of figures: heap after
 * a collection, delay of the event loop, what the pool does.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { SessionPool } from '../../src/pool/session-pool.ts'
import { serve } from '../../src/server/serve.ts'
import { openStore } from '../../src/store/open-store.ts'
import chat from '../../machines/chat/agent.ts'
import type { Agent } from '../../src/agent/agent.ts'
import { wordAgent } from '../server/agents.ts'

/** What the process tells at a time. */
export interface LoadFigures {
  /** Bytes of heap in use after a collection. */
  readonly heap: number
  readonly rss: number
  /** Milliseconds by which the event loop was late, 99th percentile since the last line. */
  readonly lateness: number
  readonly live: number
}

const [store = 'memory:', maxLiveSessions = '500'] = process.argv.slice(2)
const pool = new SessionPool({
  agents: [chat as unknown as Agent, wordAgent()],
  store: await openStore(store),
  maxLiveSessions: Number(maxLiveSessions),
  idleAfter: 5_000,
})
const server = await serve({ pool, port: 0, drainTimeout: 1_000, limits: { replayFor: 2_000 } })
console.log(server.url)
const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()
createInterface(process.stdin)
  .on('line', () => {
    const lateness = delay.percentile(99) / 1e6
    globalThis.gc?.()
    const { heapUsed: heap, rss } = process.memoryUsage()
    console.log(JSON.stringify({ heap, rss, lateness, live: pool.stats().live } satisfies LoadFigures))
    delay.reset()
  })
  .on('close', () => void server.close().then(() => pool.store.close()))
