import { fileURLToPath } from 'node:url'
import { defineConfig, mergeConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))

const merged = mergeConfig(
  base,
  defineConfig({
    test: {
      root: path('../..'),
      globalSetup: [path('browser-setup.ts')],
      // One browser for all, on machines with few cores.
      fileParallelism: false,
      testTimeout: 120_000,
      hookTimeout: 60_000,
    },
  }),
)

// Lists are merged by concatenation; this suite is not the plain one.
export default { ...merged, test: { ...merged.test, include: ['test/inspector/**/*.page.ts'] } }
