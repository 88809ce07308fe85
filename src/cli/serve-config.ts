/** The options of `troupe serve`: flags go before the environment, that goes before troupe.config.json. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { messageOf, TroupeError } from '../core/errors.ts'
import { describeIssues } from '../core/schema.ts'
import type { ApiKey } from '../server/keys.ts'

/** An option, or the file of options, that cannot be used. */
export class ServeConfigError extends TroupeError {
  constructor(where: string, reason: string, options?: { cause?: unknown }) {
    super('serve_config', `${where}: ${reason}`, options)
  }
}

const port = z.int().min(0).max(65_535)
const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const
const counts = z.int().min(1)

const Keys = z.array(z.strictObject({ tenant: z.string(), key: z.string() }))

/** `troupe.config.json`; a key that is not here is an error. */
export const ServeFile = z.strictObject({
  port: port.optional(),
  host: z.string().min(1).optional(),
  /** URL as in `openStore`. */
  store: z.string().min(1).optional(),
  keys: Keys.optional(),
  allowedHosts: z.array(z.string().min(1)).optional(),
  allowedOrigins: z.array(z.string()).optional(),
  logLevel: z.enum(logLevels).optional(),
  /** False: without the inspector. */
  inspector: z.boolean().optional(),
  /** Seconds that turns have to end at shutdown. */
  drainSeconds: z.number().min(0).optional(),
  maxLiveSessions: counts.optional(),
  maxRunningTurns: counts.optional(),
  maxQueuedTurns: counts.optional(),
  maxModelCalls: counts.optional(),
  /** Bytes of a request's body. */
  maxBodyBytes: counts.optional(),
  /** Streams that are open at the same time. */
  maxStreams: counts.optional(),
})
export type ServeFile = z.infer<typeof ServeFile>

/** What the flags say. */
export interface ServeFlags {
  readonly port?: number
  readonly host?: string
  readonly store?: string
  readonly allowHost?: readonly string[]
  readonly allowOrigin?: readonly string[]
  readonly logLevel?: string
  /** False with `--no-inspector`. */
  readonly inspector?: boolean
  readonly config?: string
}

/** Everything that `troupe serve` was told, defaults filled in. */
export type ServeConfig = Omit<ServeFile, 'port' | 'host' | 'store' | 'logLevel' | 'inspector'> & {
  readonly port: number
  readonly host: string
  readonly store: string
  readonly logLevel: (typeof logLevels)[number]
  readonly inspector: boolean
}

const usualFile = 'troupe.config.json'

/**
 * Puts the three together.
 * @throws ServeConfigError that names the flag, variable or key.
 */
export function readServeConfig(flags: ServeFlags, environment: NodeJS.ProcessEnv): ServeConfig {
  const file = readFile(flags.config)
  const variables = readEnvironment(environment)
  const own = Object.fromEntries(
    Object.entries({
      port: flags.port,
      host: flags.host,
      store: flags.store,
      allowedHosts: flags.allowHost,
      allowedOrigins: flags.allowOrigin,
      logLevel: flags.logLevel,
      // Commander says true where there is no flag.
      inspector: flags.inspector === false ? false : undefined,
    }).filter(([, value]) => value !== undefined),
  ) as Partial<ServeFile>
  const chosen: ServeFile = { ...file, ...variables, ...own }
  const none = chosen.allowedOrigins?.find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)
  if (none !== undefined)
    throw new ServeConfigError('allowed origins', `'${none}' is no origin. Write it as https://app.example.com`)
  const { port = 4100, host = '127.0.0.1', store = 'sqlite:troupe.db', logLevel = 'info', inspector = true } = chosen
  return { ...chosen, port, host, store, logLevel, inspector }
}

function readFile(path: string | undefined): ServeFile {
  const name = path ?? usualFile
  let text: string
  try {
    text = readFileSync(name, 'utf8')
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    if (path === undefined && missing) return {}
    throw new ServeConfigError(name, missing ? 'there is no such file.' : messageOf(error), { cause: error })
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new ServeConfigError(name, `it is no JSON: ${messageOf(error)}`, { cause: error })
  }
  return parsed(ServeFile, value, name)
}

function readEnvironment(environment: NodeJS.ProcessEnv): Partial<ServeFile> {
  const { TROUPE_PORT, TROUPE_HOST, TROUPE_STORE, TROUPE_API_KEYS, TROUPE_LOG_LEVEL } = environment
  const lists = { allowedHosts: 'TROUPE_ALLOWED_HOSTS', allowedOrigins: 'TROUPE_ALLOWED_ORIGINS' } as const
  const found: Partial<ServeFile> = {}
  if (TROUPE_PORT) found.port = parsed(port, Number(TROUPE_PORT), 'TROUPE_PORT')
  if (TROUPE_HOST) found.host = TROUPE_HOST
  if (TROUPE_STORE) found.store = TROUPE_STORE
  if (TROUPE_API_KEYS) found.keys = readKeys(TROUPE_API_KEYS)
  if (TROUPE_LOG_LEVEL) found.logLevel = parsed(z.enum(logLevels), TROUPE_LOG_LEVEL, 'TROUPE_LOG_LEVEL')
  for (const [name, variable] of Object.entries(lists) as ['allowedHosts' | 'allowedOrigins', string][]) {
    const value = environment[variable]
    if (value)
      found[name] = parsed(
        ServeFile.shape[name].unwrap(),
        value.split(',').map((each) => each.trim()),
        variable,
      )
  }
  return found
}

/** `acme:KEY,globex:KEY`; a key alone is one of the tenant `default`. */
function readKeys(text: string): ApiKey[] {
  const keys = text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
  // Whoever sets it wants keys; without any the server would be open.
  if (keys.length === 0) throw new ServeConfigError('TROUPE_API_KEYS', 'it holds no key. Write tenant:key,tenant:key')
  return keys.map((each) => {
    const colon = each.indexOf(':')
    return colon < 0 ? { tenant: 'default', key: each } : { tenant: each.slice(0, colon), key: each.slice(colon + 1) }
  })
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.infer<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  throw new ServeConfigError(where, `${describeIssues(result.error)}.`)
}
