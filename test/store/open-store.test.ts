import { afterAll, beforeAll, expect, test } from 'vitest'
import { StoreUrlError } from '../../src/store/errors.ts'
import { openStore } from '../../src/store/open-store.ts'
import { temporaryFolder } from './conformance.ts'
import { compileStore, outputOf, type CompiledStore } from './store-process.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let compiled: CompiledStore
beforeAll(async () => {
  folder = await temporaryFolder()
  compiled = compileStore(folder)
})
afterAll(() => folder.remove())

test.each([
  ['', 'no scheme'],
  ['troupe.db', 'no scheme'],
  ['/var/troupe.db', 'no scheme'],
  ['mysql://host/database', `no scheme 'mysql:'`],
  ['memory:somewhere', 'memory: takes nothing more'],
  ['sqlite:', 'names no file'],
  ['sqlite:folder/', 'names no file'],
  ['sqlite:?fsync=full', 'names no file'],
  ['sqlite://host/file.db', 'a file has no host'],
  ['sqlite::memory:', 'write memory:'],
  ['sqlite:a.db?fsync=sometimes', 'fsync is normal or full'],
  ['sqlite:a.db?mode=wal', `no option 'mode'`],
  ['redis:', 'names no host'],
  ['postgres://', 'names no host'],
])('%j is refused, with the URLs that are known', async (url, reason) => {
  const error: unknown = await openStore(url).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StoreUrlError)
  expect((error as Error).message).toContain(reason)
  expect((error as Error).message).toContain('Known are memory: | sqlite:FILE')
})

test('a password never stands in a message', async () => {
  await expect(openStore('mysql://user:secret@host/database')).rejects.not.toThrow('secret')
})

test('folders of a file are made', async () => {
  const store = await openStore(`sqlite:${folder.path('a/b/c.db')}`)
  await store.checkpoints.save('a', '{}')
  await store.close()
})

test('limits reach every kind of store', async () => {
  for (const url of ['memory:', `sqlite:${folder.path('limits.db')}`]) {
    const store = await openStore(url, { maxCheckpointBytes: 20 })
    await expect(store.checkpoints.save('a', JSON.stringify('x'.repeat(20)))).rejects.toMatchObject({
      code: 'checkpoint_too_large',
    })
    await store.close()
  }
})

test.each([
  ['redis://127.0.0.1:1', '@keyv/redis'],
  ['postgres://127.0.0.1:1/x', '@keyv/postgres'],
])('without its package, %s is refused with the line that installs it', async (url, name) => {
  const script = `
    import { register } from 'node:module'
    register('data:text/javascript,' + encodeURIComponent(\`export async function resolve(name, context, next) {
      if (name.startsWith('@keyv/')) throw Object.assign(new Error('no ' + name), { code: 'ERR_MODULE_NOT_FOUND' })
      return next(name, context)
    }\`))
    const { openStore } = await import('./store/open-store.js')
    await openStore(process.argv[2]).catch((error) => console.log(error.code, error.message))
  `
  const output = await outputOf(compiled.start(script, url))
  expect(output).toContain(`store_package This store needs the package ${name}. Install it: npm install ${name}`)
})

test.each(['redis://127.0.0.1:1', 'postgres://127.0.0.1:1/x'])(
  'a server that is not there is named: %s',
  async (url) => {
    await expect(openStore(url)).rejects.toMatchObject({ code: 'store_failed' })
    await expect(openStore(url)).rejects.toThrow(/reach \w+:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/)
  },
)
