/** Builds the page and starts the browser, once for all test files. */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser is driven; empty when there is none. */
    browserUrl: string
  }
}

/** Debian's Chromium, or the one that CHROMIUM_PATH names. */
export function findChromium(): string | undefined {
  const paths = [
    process.env['CHROMIUM_PATH'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ]
  return paths.find((path) => path !== undefined && path !== '' && existsSync(path))
}

/** What Chromium needs to run as root, without a screen, and silently. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-dev-shm-usage',
]

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const executablePath = findChromium()
  if (executablePath === undefined) {
    if ((process.env['TROUPE_REQUIRE'] ?? '').split(',').includes('chromium'))
      throw new Error('TROUPE_REQUIRE names chromium, which is not installed.')
    project.provide('browserUrl', '')
    return undefined
  }
  // In a process of its own: what is built here would be React's development build.
  const root = fileURLToPath(new URL('../..', import.meta.url))
  execFileSync('npm', ['run', '--silent', 'build:inspector'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const server = await chromium.launchServer({ executablePath, args: chromiumFlags })
  project.provide('browserUrl', server.wsEndpoint())
  return () => server.close()
}
