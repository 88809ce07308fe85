import { Agent, getGlobalDispatcher, MockAgent, setGlobalDispatcher } from 'undici'
import { expect, it, vi } from 'vitest'
import { createLeanFetch } from '../../../src/model/lean-fetch.ts'
import { goesAnotherWay } from '../../../src/model/other-ways.ts'
import { startHttpServer } from './http-server.ts'

const leanFetch = createLeanFetch()

it('leaves its work to a dispatcher that was set', async () => {
  await using server = await startHttpServer((_request, response) => response.end('server'))
  await (await fetch(server.url)).text()
  expect(goesAnotherWay({})).toBe(false)
  const before = getGlobalDispatcher()
  try {
    const mock = new MockAgent()
    mock.get('http://mocked.invalid').intercept({ path: '/' }).reply(200, 'mock')
    setGlobalDispatcher(mock)
    expect(await (await leanFetch('http://mocked.invalid/')).text()).toBe('mock')
    setGlobalDispatcher(new Agent({ headersTimeout: 1_000_000 }))
    expect(goesAnotherWay({})).toBe(true)
    setGlobalDispatcher(new Agent().compose((dispatch) => dispatch))
    expect(goesAnotherWay({})).toBe(true)
  } finally {
    setGlobalDispatcher(before)
  }
  expect(goesAnotherWay({})).toBe(false)
  expect(await (await leanFetch(server.url)).text()).toBe('server')
})

it('leaves its work to a fetch that somebody has put in place', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response('stub')))
  try {
    expect(await (await leanFetch('http://nobody.invalid/')).text()).toBe('stub')
  } finally {
    vi.unstubAllGlobals()
  }
})

it.each(['HTTPS_PROXY', 'http_proxy', 'NODE_USE_ENV_PROXY'])('leaves proxies to fetch: %s', (name) => {
  expect(goesAnotherWay({})).toBe(false)
  vi.stubEnv(name, 'http://proxy.invalid')
  expect(goesAnotherWay({})).toBe(true)
  vi.unstubAllEnvs()
})

it.each([
  { dispatcher: undefined },
  { body: new FormData() },
  { body: new Uint8Array(3) },
  { redirect: 'error' },
] as RequestInit[])('leaves to fetch what it cannot do: %j', (init) => {
  expect(goesAnotherWay(init)).toBe(true)
})
