import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
// Made for this test by `openssl req -x509 … -subj /CN=localhost`; it is trusted by the process below only.
const certificate = beside('localhost-cert.pem')

/** Asks, in a process of its own, as the authorities that it trusts are read once. */
async function ask(url: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const { href } = new URL('../../../src/model/lean-fetch.ts', import.meta.url)
  const script = `
    const { leanFetch } = await import('${href}')
    const asked = leanFetch('${url}', { method: 'POST', body: 'hello' }).then((response) => response.text())
    console.log(await asked.catch((error) => 'refused: ' + error.cause.code))`
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...environment } })
  return stdout.trim()
}

it('speaks TLS with servers whose certificate is trusted, and with no others', { timeout: 60_000 }, async () => {
  const [key, cert] = await Promise.all([readFile(beside('localhost-key.pem')), readFile(certificate)])
  let asked = ''
  const server = createServer({ key, cert }, (request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => (asked += text))
    request.on('end', () => response.end('answered over TLS'))
  }).listen(0, '127.0.0.1')
  try {
    await once(server, 'listening')
    const url = `https://localhost:${(server.address() as AddressInfo).port}/v1`
    expect(await ask(url, { NODE_EXTRA_CA_CERTS: certificate })).toBe('answered over TLS')
    expect(asked).toBe('hello')
    expect(await ask(url, {})).toBe('refused: DEPTH_ZERO_SELF_SIGNED_CERT')
    expect(asked).toBe('hello')
  } finally {
    server.close()
  }
})
