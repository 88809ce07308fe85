import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: [
      { find: /^troupe$/, replacement: source('index.ts') },
      { find: /^troupe\/server$/, replacement: source('server/index.ts') },
      { find: /^troupe\/testing$/, replacement: source('testing/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    typecheck: { include: ['test/types/**/*.test-d.ts'] },
    setupFiles: ['test/setup/console.ts', 'test/setup/environment.ts'],
    passWithNoTests: false,
    pool: 'forks',
    // Loading the engine anew for each file takes longer than most files' tests.
    isolate: false,
    maxWorkers: '100%',
    // A machine that is busy with other things takes several times as long.
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // XState checks more and warns in its development build; those warnings fail a test (see test/setup/console.ts).
    execArgv: ['--conditions=development'],
  },
})
