// Files share a process (see vitest.config.ts): what one of them does to its environment is undone behind it.
import { afterAll, vi } from 'vitest'

const before = { ...process.env }

afterAll(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
  for (const name of Object.keys(process.env)) if (!Object.hasOwn(before, name)) delete process.env[name]
  Object.assign(process.env, before)
})
