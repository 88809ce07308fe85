/** `troupe serve` as a process of its own. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

const launcher = fileURLToPath(new URL('../../bin/troupe.js', import.meta.url))

export interface ServeProcess {
  readonly url: string
  readonly child: ChildProcessWithoutNullStreams
  /** What it printed so far. */
  readonly output: { stdout: string; stderr: string }
  /** Resolves with the exit code or signal when it has ended. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

export interface ServeProcessOptions {
  /** Beside what chooses no model and no options. */
  readonly environment?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** Starts it at a free port, or at the one in the arguments; rejects with what it printed when it ends before it serves. */
export async function startServe(
  args: readonly string[],
  { environment, cwd }: ServeProcessOptions = {},
): Promise<ServeProcess> {
  const port = args.includes('--port') ? [] : ['--port', '0']
  const child = spawn(process.execPath, [launcher, 'serve', ...args, ...port], {
    env: { ...plainEnvironment(), NO_COLOR: '1', ...environment },
    ...(cwd === undefined ? {} : { cwd }),
  })
  const output = { stdout: '', stderr: '' }
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.on('close', (code, signal) => resolve(signal ?? code)),
  )
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text
      if (output.stdout.includes('try:')) resolve(/http:\/\/\S+/.exec(output.stdout)?.[0] ?? '')
    })
    void ended.then((code) => reject(new Error(`ended with ${code}: ${output.stdout}${output.stderr}`)))
  })
  return { url, child, output, ended }
}

function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:OPENAI_|TROUPE_|FORCE_COLOR|NODE_OPTIONS)/.test(name)),
  )
}
