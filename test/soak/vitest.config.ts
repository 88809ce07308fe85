import { fileURLToPath } from 'node:url'
import { defineConfig, mergeConfig } from 'vitest/config'
import base from '../../vitest.config.ts'

const merged = mergeConfig(
  base,
  defineConfig({
    test: {
      root: fileURLToPath(new URL('../..', import.meta.url)),
      testTimeout: 1_800_000,
      hookTimeout: 1_800_000,
      fileParallelism: false,
    },
  }),
)

// Lists are merged by concatenation; this suite is not the plain one. Its figures are of the build that users run.
export default { ...merged, test: { ...merged.test, include: ['test/soak/**/*.soak.ts'], execArgv: ['--expose-gc'] } }
