/** Loads an agent from a file or a folder; whatever goes wrong is said with what to do about it. */
import { readdir, stat } from 'node:fs/promises'
import { extname, join, relative, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Agent } from '../agent/agent.ts'
import { messageOf, TroupeError } from '../core/errors.ts'

/** An agent cannot be loaded from its file. */
export class AgentFileError extends TroupeError {
  /** The path as it was given. */
  readonly path: string
  /** True when the file was loaded and is none of an agent. */
  readonly loaded: boolean

  constructor(
    path: string,
    reason: string,
    { loaded = false, ...options }: { cause?: unknown; loaded?: boolean } = {},
  ) {
    super('agent_file', `Cannot load an agent from '${path}': ${reason}`, options)
    this.path = path
    this.loaded = loaded
  }
}

/** What files of agents end in. */
export const extensions = ['.ts', '.js', '.mts', '.mjs']
/** The file that a folder of an agent has. */
export const entryNames = ['agent.ts', 'agent.js']

/**
 * The agent that a file exports by default; of a folder it is its `agent.ts` or `agent.js`.
 * @throws AgentFileError when there is no such file, it fails while it loads, or exports no agent.
 */
export async function loadAgent(path: string): Promise<Agent> {
  const file = await findAgentFile(path)
  let exported: Record<string, unknown>
  try {
    exported = (await import(pathToFileURL(file).href)) as Record<string, unknown>
  } catch (error) {
    throw new AgentFileError(path, reasonOf(error, file), { cause: error })
  }
  // A CommonJS file has its exports one level deeper.
  const found = [exported['default'], (exported['default'] as { default?: unknown } | undefined)?.default]
  const agent = found.find(isAgent)
  if (agent) return agent
  throw new AgentFileError(
    path,
    `${describeExports(exported)}. End the file with: export default defineAgent({ id, version, nodes, edges })`,
    { loaded: true },
  )
}

async function findAgentFile(path: string): Promise<string> {
  const full = resolve(path)
  const kind = await kindOf(full)
  if (kind === 'file') {
    if (extensions.includes(extname(full))) return full
    throw new AgentFileError(path, `it is no ${extensions.slice(0, 2).join(' or ')} file.`)
  }
  if (kind === undefined) {
    const advice = extname(path) === '' ? ' Give an agent file, or a folder that holds an agent.ts.' : ''
    throw new AgentFileError(path, `there is no such file or folder in ${process.cwd()}.${advice}`)
  }
  for (const name of entryNames) {
    const entry = join(full, name)
    if ((await kindOf(entry)) === 'file') return entry
  }
  const below = await agentFoldersIn(full)
  const names = below.map((name) => join(path, name)).join(', ')
  const advice = below.length > 0 ? `Choose one of its folders that do: ${names}.` : 'Give an agent file, or create it.'
  throw new AgentFileError(path, `the folder has no agent.ts or agent.js. ${advice}`)
}

async function agentFoldersIn(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue
    const kinds = await Promise.all(entryNames.map((name) => kindOf(join(folder, entry.name, name))))
    if (kinds.includes('file')) found.push(entry.name)
  }
  return found.sort()
}

async function kindOf(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return (await stat(path)).isDirectory() ? 'folder' : 'file'
  } catch {
    return undefined
  }
}

function isAgent(value: unknown): value is Agent {
  if (typeof value !== 'object' || value === null) return false
  const { id, nodes, machine, edges } = value as Partial<Record<keyof Agent, unknown>>
  return typeof id === 'string' && typeof nodes === 'object' && typeof machine === 'object' && Array.isArray(edges)
}

const kinds = {
  object: 'an object',
  function: 'a function',
  string: 'a string',
  number: 'a number',
  bigint: 'a number',
  boolean: 'a boolean',
  symbol: 'a symbol',
  undefined: 'undefined',
} as const

function describeExports(exported: Record<string, unknown>): string {
  if ('default' in exported) {
    const value = exported['default']
    const kind = value === null ? 'null' : Array.isArray(value) ? 'an array' : kinds[typeof value]
    return `its default export is ${kind}, no agent`
  }
  const names = Object.keys(exported)
  return `it has no default export${names.length > 0 ? `, only ${names.join(', ')}` : ''}`
}

/** Why a file did not load, and where. */
function reasonOf(error: unknown, file: string): string {
  // What Troupe says of a definition is complete.
  if (TroupeError.isInstance(error)) return error.message
  const place = syntaxErrorIn(error)
  if (place !== undefined) return `${place} Correct the syntax.`
  const code = (error as { code?: unknown } | null)?.code
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    const message = messageOf(error).split('\n')[0]
    return `${message}. Correct the import, or install the package beside the agent.`
  }
  const where = firstFrameOf(error)
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : ''
  return `it threw while it was loaded${where === undefined ? '' : ` (${where})`}: ${name}${messageOf(error)}${where === undefined ? ` Look at ${shortPath(file)}.` : ''}`
}

/** `file:line:column: what is wrong`, where the error is one of syntax. */
function syntaxErrorIn(error: unknown): string | undefined {
  // Sources go through esbuild, which names place and fault below its first line.
  const fault = /^(.*:\d+:\d+): ERROR: (.*)$/m.exec(messageOf(error))
  if (fault) return `${shortPath(fault[1] as string)}: ${fault[2]}.`
  if (!(error instanceof SyntaxError)) return undefined
  const [place = ''] = (error.stack ?? '').split('\n')
  const known = /^(?:file:|\/|[A-Z]:\\).*:\d+$/.test(place)
  return `${known ? `${shortPath(place)}: ` : ''}${error.message}.`
}

/** Where it was thrown: the first line of the stack that is neither Node's nor a package's. */
function firstFrameOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  for (const [, place = ''] of (error.stack ?? '').matchAll(
    /^\s+at (?:.*\()?((?:file:\/\/|\/|[A-Z]:\\)[^)\n]*:\d+:\d+)\)?$/gm,
  )) {
    if (!place.includes('node_modules')) return shortPath(place)
  }
  return undefined
}

/** A path or file URL, possibly with line and column, relative to the working directory where that is shorter. */
function shortPath(place: string): string {
  const path = place.startsWith('file:') ? fileURLToPath(place.replace(/\?[^:]*/, '')) : place
  const short = relative(process.cwd(), path)
  return short !== '' && short.length < path.length ? short : path
}
