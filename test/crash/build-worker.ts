/** Bundles the worker with all that it imports, once per run, so that a process starts in a fifth of a second. */
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

const repository = fileURLToPath(new URL('../..', import.meta.url))

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the bundled worker. */
    crashWorker: string
  }
}

/** The part of esbuild that is used; it comes with tsx. */
interface Bundler {
  build(options: object): Promise<unknown>
}

/** Vitest's global setup; what it returns cleans up. */
export default async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-crash-build-'))
  const require = createRequire(createRequire(import.meta.url).resolve('tsx'))
  const bundler = require('esbuild') as Bundler
  await bundler.build({
    entryPoints: [join(repository, 'test/crash/worker.ts')],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // The tokenizer is loaded only where it is used, as without a bundle.
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    alias: { troupe: join(repository, 'src/index.ts') },
    external: ['@photostructure/sqlite', '@keyv/redis', '@keyv/postgres', '@modelcontextprotocol/*'],
    logLevel: 'error',
  })
  symlinkSync(join(repository, 'node_modules'), join(folder, 'node_modules'))
  // The assistant looks for its documents beside its code.
  symlinkSync(join(repository, 'machines/assistant/documents'), join(folder, 'documents'))
  project.provide('crashWorker', join(folder, 'worker.mjs'))
  return () => rmSync(folder, { recursive: true })
}
