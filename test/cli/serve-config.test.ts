import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readServeConfig } from '../../src/cli/serve-config.ts'

const folder = mkdtempSync(join(tmpdir(), 'troupe-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function file(value: unknown): string {
  const path = join(folder, 'troupe.config.json')
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}

test('flags go before the environment, that goes before the file, that goes before the defaults', () => {
  const config = file({ port: 1, host: 'localhost', store: 'sqlite:a.db', logLevel: 'warn' })
  const environment = { TROUPE_PORT: '2', TROUPE_STORE: 'sqlite:b.db' }
  expect(readServeConfig({ config, port: 3 }, environment)).toEqual({
    port: 3,
    inspector: true,
    store: 'sqlite:b.db',
    host: 'localhost',
    logLevel: 'warn',
  })
  expect(readServeConfig({}, {})).toEqual({
    port: 4100,
    host: '127.0.0.1',
    store: 'sqlite:troupe.db',
    logLevel: 'info',
    inspector: true,
  })
})

test('keys and lists of the environment are read', () => {
  const { keys, allowedOrigins } = readServeConfig(
    {},
    { TROUPE_API_KEYS: 'acme:one:two, three', TROUPE_ALLOWED_ORIGINS: 'https://a.example,https://b.example' },
  )
  expect(keys).toEqual([
    { tenant: 'acme', key: 'one:two' },
    { tenant: 'default', key: 'three' },
  ])
  expect(allowedOrigins).toEqual(['https://a.example', 'https://b.example'])
})

test('what cannot be used is named: file, key, variable or flag', () => {
  const fault = (flags: Parameters<typeof readServeConfig>[0], environment = {}): string => {
    try {
      readServeConfig(flags, environment)
    } catch (error) {
      return (error as Error).message
    }
    return 'no fault'
  }
  // Whoever sets it wants keys: without any, those of the file would be gone, too.
  for (const none of [',', ' ', ' , '])
    expect(fault({}, { TROUPE_API_KEYS: none })).toMatch(/TROUPE_API_KEYS: .*no key/)
  expect(fault({ config: file({ prot: 1 }) })).toMatch(/troupe\.config\.json: Unrecognized key: "prot"/)
  expect(fault({ config: file({ port: '80' }) })).toMatch(/troupe\.config\.json: port: /)
  expect(fault({ config: file('{') })).toMatch(/it is no JSON/)
  expect(fault({ config: join(folder, 'none.json') })).toMatch(/there is no such file/)
  expect(fault({}, { TROUPE_PORT: 'eighty' })).toMatch(/^TROUPE_PORT: /)
  expect(fault({}, { TROUPE_LOG_LEVEL: 'loud' })).toMatch(/^TROUPE_LOG_LEVEL: /)
  expect(fault({ allowOrigin: ['app.example.com'] })).toMatch(/'app\.example\.com' is no origin/)
  expect(fault({}, { TROUPE_ALLOWED_ORIGINS: 'https://a.example/path' })).toMatch(/is no origin/)
})
