/** `troupe mcp`: agents as an MCP server over standard input and output. */
import { Console } from 'node:console'
import { once } from 'node:events'
import { messageOf } from '../core/errors.ts'
import { SessionPool } from '../pool/session-pool.ts'
import { defaultServerLimits } from '../server/limits.ts'
import { agentServer } from '../server/mcp/agent-server.ts'
import { Namespace } from '../server/namespace.ts'
import { findAgents } from './serve-agents.ts'
import { openStoreOf } from './store-option.ts'

// Milliseconds for turns at work when the client has gone.
const patience = 2_000

/** Serves until the client closes our input, or a signal ends us; resolves with the exit code. */
export async function startMcpServer(
  path: string,
  { store: url = 'memory:' }: { readonly store?: string },
): Promise<number> {
  // Standard output is the protocol's: what agents print goes where it does no harm.
  globalThis.console = new Console(process.stderr, process.stderr)
  const { agents } = await findAgents(path)
  const store = await openStoreOf(url)
  try {
    const pool = new SessionPool({ agents: agents.map(({ agent }) => agent), store })
    const { serveStdio } = await import('@modelcontextprotocol/server/stdio')
    const onFault = (error: unknown): void => console.error(`error: ${messageOf(error)}`)
    const parts = {
      pool,
      namespace: new Namespace(),
      maxMessageCharacters: defaultServerLimits.maxMessageCharacters,
      onFault,
    }
    const ended = Promise.race([once(process.stdin, 'end'), once(process.stdin, 'close'), stopSignal()])
    const connection = serveStdio(() => agentServer(parts), { onerror: onFault })
    await ended
    await pool.drain({ timeout: patience })
    await connection.close()
    return 0
  } finally {
    await store.close()
  }
}

function stopSignal(): Promise<unknown> {
  return Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
}
