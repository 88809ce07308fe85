/** The agents that `troupe serve` finds in a folder. */
import { readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Agent } from '../agent/agent.ts'
import { messageOf, TroupeError } from '../core/errors.ts'
import { AgentFileError, entryNames, extensions, loadAgent } from './agent-file.ts'

/** An agent with the path that it was loaded from. */
export interface FoundAgent {
  readonly agent: Agent
  readonly path: string
}

/** What was found. */
export interface FoundAgents {
  readonly agents: readonly FoundAgent[]
  /** Files beside them that hold no agent. */
  readonly skipped: readonly string[]
}

/** Some of the agents cannot be served; every fault is listed. */
export class ServedAgentsError extends TroupeError {
  constructor(path: string, faults: readonly string[]) {
    super('served_agents', faults.length === 1 ? String(faults[0]) : `${path} has faults:\n${list(faults)}`)
  }
}

function list(faults: readonly string[]): string {
  return faults.map((fault) => `  - ${fault}`).join('\n')
}

/**
 * Loads the agent of a file or of a folder with an agent.ts; of any other folder, those of the files and such folders
 * in it.
 * @throws AgentFileError for a file that cannot be loaded, ServedAgentsError for several, for none, and for two of one id.
 */
export async function findAgents(path: string): Promise<FoundAgents> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  if (!isFolder || (await holdsAgent(path))) return { agents: [{ agent: await loadAgent(path), path }], skipped: [] }
  const entries = (await readdir(path, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))
  const agents: FoundAgent[] = []
  const skipped: string[] = []
  const faults: string[] = []
  for (const entry of entries) {
    const file = join(path, entry.name)
    const isFile = entry.isFile()
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
    if (isFile ? !isSource(entry.name) : !(await holdsAgent(file))) continue
    try {
      agents.push({ agent: await loadAgent(file), path: file })
    } catch (error) {
      // A file beside the agents may be what they share; a folder with an agent.ts is meant to be one.
      if (isFile && error instanceof AgentFileError && error.loaded) skipped.push(file)
      else faults.push(messageOf(error))
    }
  }
  faults.push(...repeated(agents))
  if (faults.length === 0 && agents.length === 0)
    faults.push(
      `There is no agent in '${path}'. Put files in it that end with 'export default defineAgent(…)', or folders with an agent.ts.`,
    )
  if (faults.length > 0) throw new ServedAgentsError(path, faults)
  return { agents, skipped }
}

function isSource(name: string): boolean {
  return extensions.includes(extname(name)) && !/\.(?:test|spec|d)\.m?[jt]s$/.test(name)
}

async function holdsAgent(folder: string): Promise<boolean> {
  const found = await Promise.all(
    entryNames.map((name) =>
      stat(join(folder, name)).then(
        (entry) => entry.isFile(),
        () => false,
      ),
    ),
  )
  return found.includes(true)
}

function repeated(agents: readonly FoundAgent[]): string[] {
  const first = new Map<string, string>()
  return agents.flatMap(({ agent: { id }, path }) => {
    const other = first.get(id)
    if (other === undefined) first.set(id, path)
    return other === undefined ? [] : [`Two agents have the id '${id}': ${other} and ${path}. Give one another id.`]
  })
}
