/** Runs the command line as its users do: a process of its own, fed with lines. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'

// Each process takes a second, and several where other tests run beside it.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const launcher = fileURLToPath(new URL('../../bin/troupe.js', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

export interface RunOptions {
  /** What stdin has, each with a line end; then it ends. */
  readonly lines?: readonly string[]
  /** Leaves stdin open, as a person does who looks at the prompt; `on` has to end it. Default: false. */
  readonly keepsOpen?: boolean
  /** Beside what the test's own process has. */
  readonly environment?: Readonly<Record<string, string>>
  /** Called once, when stdout has this text. */
  readonly on?: { readonly text: string; readonly call: (child: ReturnType<typeof spawn>) => void }
}

export interface RunResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Resolves when the process has ended. */
export async function runTroupe(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = spawn(process.execPath, [launcher, ...args], {
    cwd: root,
    env: { ...inheritedEnvironment(), NO_COLOR: '1', ...options.environment },
  })
  const result = { stdout: '', stderr: '' }
  let { on } = options
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    result.stdout += text
    if (!on || !result.stdout.includes(on.text)) return
    const { call } = on
    on = undefined
    call(child)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (result.stderr += text))
  // The process may leave before it has read everything.
  child.stdin.on('error', () => {})
  child.stdin.write((options.lines ?? []).map((line) => `${line}\n`).join(''))
  if (options.keepsOpen !== true) child.stdin.end()
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, ...result }
}

/** Nothing of the test's own process chooses a model, colours, or how Node runs. */
function inheritedEnvironment(): NodeJS.ProcessEnv {
  const chosen = ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'TROUPE_MODEL', 'TROUPE_DEBUG', 'FORCE_COLOR', 'NODE_OPTIONS']
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !chosen.includes(name)))
}

/** One line of `troupe chat --json`. */
export type ChatEvent = { readonly type: string } & Readonly<Record<string, unknown>>

/** The events of `troupe chat --json`; throws when a line is none. */
export function eventsOf(stdout: string): ChatEvent[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ChatEvent)
}

/** The ways of the turns: `memory → llm → output`. */
export function pathsOf(events: readonly ChatEvent[]): string[] {
  const paths = new Map<unknown, string[]>()
  for (const { type, from, to, traceId } of events) {
    if (type !== 'transition') continue
    const path = paths.get(traceId)
    if (path) path.push(path.at(-1) === from ? String(to) : `(${String(from)}) ${String(to)}`)
    else paths.set(traceId, [String(to)])
  }
  return [...paths.values()].map((path) => path.join(' → '))
}

/** The answers in the order of the turns. */
export function textsOf(events: readonly ChatEvent[], type = 'llm_result'): string[] {
  return events.filter((event) => event.type === type).map(({ text }) => String(text))
}
