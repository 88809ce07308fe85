/** `troupe serve`: the agents of a folder over HTTP. */
import { pino } from 'pino'
import { defaultModelClient, defaultModelName, isOffline } from '../model/client.ts'
import { SessionPool } from '../pool/session-pool.ts'
import { createInspector } from '../inspect/inspector.ts'
import { redactSecrets } from '../inspect/redact-secrets.ts'
import { Metrics } from '../server/metrics.ts'
import { serve, type RunningServer } from '../server/serve.ts'
import { commandLine } from './command-line.ts'
import { keptToken } from './kept-token.ts'
import { findAgents, type FoundAgents } from './serve-agents.ts'
import { readServeConfig, type ServeConfig, type ServeFlags } from './serve-config.ts'
import { openStoreOf, withoutPassword } from './store-option.ts'
import { styleOf } from './style.ts'
import { count } from './words.ts'

/** Serves until a signal ends it; resolves with the exit code. */
export async function startServer(path: string, flags: ServeFlags): Promise<number> {
  const config = readServeConfig(flags, process.env)
  const found = await findAgents(path)
  // Standard output is for people, standard error for whoever collects logs.
  const log = pino({ level: config.logLevel, base: null, redact: redacted }, pino.destination(2))
  const store = await openStoreOf(config.store)
  try {
    const poolBounds = defined(config, ['maxLiveSessions', 'maxRunningTurns', 'maxQueuedTurns', 'maxModelCalls'])
    const metrics = new Metrics({ process: true })
    const inspector = config.inspector ? createInspector({ redact: redactSecrets }) : undefined
    // One that stays the same lets an open page find a server that was started again.
    const inspectorToken = inspector && !config.keys?.length ? await keptToken() : undefined
    const pool = new SessionPool({
      agents: found.agents.map(({ agent }) => agent),
      store,
      observer: metrics,
      inspector,
      ...poolBounds,
    })
    const stopped = stopSignal()
    let server: RunningServer
    try {
      server = await serve({
        pool,
        metrics,
        inspector,
        inspectorToken,
        log,
        port: config.port,
        host: config.host,
        ...defined(config, ['keys', 'allowedHosts', 'allowedOrigins']),
        limits: defined(config, ['maxBodyBytes', 'maxStreams']),
        ...(config.drainSeconds === undefined ? {} : { drainTimeout: config.drainSeconds * 1_000 }),
      })
    } catch (error) {
      await pool.drain({ timeout: 0 })
      throw error
    }
    process.stdout.write(`${banner(server, found, config).join('\n')}\n`)
    const signal = await stopped
    process.stdout.write(`\n${signal}: finishing ${count(pool.stats().running, 'turn')}; once more ends it now\n`)
    await server.close()
    inspector?.close()
    return 0
  } finally {
    await store.close()
  }
}

// What a field of ours or of a library might hold.
const redacted = ['*.authorization', '*.key', '*.apiKey', '*.headers.authorization', 'err.headers', 'err.request']

/** Resolves with the first signal that asks to end; a second one ends the process at once. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first = true
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.on(name, () => {
        if (!first) process.exit(name === 'SIGINT' ? 130 : 143)
        first = false
        resolve(name)
      })
    }
  })
}

function banner(server: RunningServer, { agents, skipped }: FoundAgents, config: ServeConfig): string[] {
  const style = styleOf(process.stdout)
  const { url, inspectorUrl } = server
  const [first] = agents
  const width = Math.max(...agents.map(({ agent }) => agent.id.length))
  const auth = config.keys?.length ? ` -H 'authorization: Bearer KEY'` : ''
  const curl = `curl -N${auth} -H 'content-type: application/json'`
  return [
    `${style.bold('troupe')} serves ${count(agents.length, 'agent')} at ${style.cyan(url)}`,
    ...agents.map(({ agent, path }) => `  ${agent.id.padEnd(width)}  ${style.dim(path)}`),
    ...skipped.map((path) => style.dim(`  ${path} holds no agent and is left out`)),
    `sessions are kept in ${withoutPassword(config.store)}${config.store === 'memory:' ? ', and end with this process' : ''}`,
    isOffline(defaultModelClient())
      ? 'the offline model answers; set OPENAI_API_KEY or OPENAI_BASE_URL for a real one'
      : `model: ${defaultModelName()}`,
    config.keys?.length
      ? `API keys of ${count(new Set(config.keys.map(({ tenant }) => tenant)).size, 'tenant')}`
      : 'no API key is needed: only this machine can reach it',
    ...(inspectorUrl === undefined
      ? []
      : [`inspector: ${style.cyan(inspectorUrl)}${config.keys?.length ? '#token=KEY' : ''}`]),
    '',
    'try:',
    `  ${curl} ${url}/sessions -d '{"agent":"${first?.agent.id ?? ''}","id":"ada"}'`,
    `  ${curl} -H 'accept: text/event-stream' ${url}/sessions/ada/messages -d '{"content":"Hello"}'`,
    `  ${commandLine('serve', '--help')}`,
  ]
}

/** The members that are set. */
function defined<T extends object, Name extends keyof T>(
  values: T,
  names: readonly Name[],
): { [Key in Name]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(names.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]]))) as {
    [Key in Name]?: Exclude<T[Key], undefined>
  }
}
