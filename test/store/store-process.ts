import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { temporaryFolder } from './conformance.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** The store layer as plain JavaScript in a folder of its own, for processes that have to start fast and be killed. */
export interface CompiledStore {
  /** Starts a module whose text may import `./store/open-store.js`. */
  start(script: string, ...args: string[]): ChildProcess
}

/** Compiles the store layer. */
export function compileStore(folder: Awaited<ReturnType<typeof temporaryFolder>>): CompiledStore {
  const options = ['--ignoreConfig', '--target', 'es2023', '--module', 'nodenext', '--types', 'node', '--skipLibCheck']
  const syntax = ['--allowImportingTsExtensions', '--rewriteRelativeImportExtensions', '--verbatimModuleSyntax']
  const output = ['--outDir', folder.path('compiled'), '--rootDir', 'src']
  const compiled = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', 'src/store/open-store.ts', ...options, ...syntax, ...output],
    { cwd: repository, encoding: 'utf8' },
  )
  if (compiled.status !== 0) throw new Error(`tsc failed: ${compiled.stdout}${compiled.stderr}`)
  symlinkSync(`${repository}/node_modules`, folder.path('compiled/node_modules'))
  writeFileSync(folder.path('compiled/package.json'), '{"type":"module"}')
  let count = 0
  return {
    start(script, ...args) {
      const file = folder.path(`compiled/process-${count++}.js`)
      writeFileSync(file, script)
      return spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
    },
  }
}

/** All that a process prints until it ends. */
export async function outputOf(child: ChildProcess): Promise<string> {
  let output = ''
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(child, 'close')
  return output
}

/** Waits until a process prints something. */
export async function firstOutput(child: ChildProcess): Promise<string> {
  const [chunk] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
  return chunk.toString()
}
