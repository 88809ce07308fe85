/** The server of load-server.ts, as the test sees it. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { LoadFigures } from './load-server.ts'

export interface LoadProcess {
  readonly url: string
  /** Collects its garbage and tells how it is doing. */
  figures(): Promise<LoadFigures>
}

/** Starts it; it is killed when the test ends. */
export async function startLoadServer(...args: readonly string[]): Promise<LoadProcess> {
  const script = fileURLToPath(new URL('load-server.ts', import.meta.url))
  const { NODE_OPTIONS: _options, OPENAI_API_KEY: _key, OPENAI_BASE_URL: _url, ...environment } = process.env
  const aliases = fileURLToPath(new URL('../../tsconfig.json', import.meta.url))
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', script, ...args], {
    env: { ...environment, TSX_TSCONFIG_PATH: aliases },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => child.on('close', resolve))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]()
  const line = async (): Promise<string> => {
    const next = await lines.next()
    if (next.done === true) throw new Error('the server ended')
    return next.value
  }
  return {
    url: await line(),
    async figures() {
      child.stdin.write('\n')
      return JSON.parse(await line()) as LoadFigures
    },
  }
}
