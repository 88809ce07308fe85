import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { StoreOwnedError } from '../../src/store/errors.ts'
import { openStore } from '../../src/store/open-store.ts'
import { temporaryFolder } from './conformance.ts'
import { compileStore, firstOutput, outputOf, type CompiledStore } from './store-process.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let compiled: CompiledStore
beforeAll(async () => {
  folder = await temporaryFolder()
  compiled = compileStore(folder)
})
afterAll(() => folder.remove())

const owner = `
  import { openStore } from './store/open-store.js'
  const store = await openStore(process.argv[2])
  await store.checkpoints.save('a', '{"by":"the owner"}', 0)
  console.log('open')
  setInterval(() => {}, 1e6)
`

test('a second process is refused while the owner lives, also while it is stopped, and not once it is killed', async () => {
  const url = `sqlite:${folder.path('owned.db')}`
  const child = compiled.start(owner, url)
  await firstOutput(child)

  await expect(openStore(url)).rejects.toThrow(StoreOwnedError)
  await expect(openStore(url)).rejects.toMatchObject({ code: 'store_owned', file: folder.path('owned.db') })

  child.kill('SIGSTOP')
  await expect(openStore(url)).rejects.toThrow(folder.path('owned.db'))

  child.kill('SIGKILL')
  await once(child, 'exit')
  const store = await openStore(url)
  expect(await store.checkpoints.load('a')).toBe('{"by":"the owner"}')
  await store.close()
})

test('a store is owned within a process too, by any path, until it is closed', async () => {
  const store = await openStore(`sqlite:${folder.path('twice.db')}`)
  await expect(openStore(`sqlite:${folder.path('./compiled/../twice.db')}`)).rejects.toThrow(StoreOwnedError)
  await store.close()
  await (await openStore(`sqlite:${folder.path('twice.db')}`)).close()
})

test('a store that is read only looks beside the owner, sees what it writes, and cannot write', async () => {
  const url = `sqlite:${folder.path('watched.db')}`
  const store = await openStore(url)
  const reader = await openStore(url, { readOnly: true })
  expect(await reader.checkpoints.list()).toEqual([])
  const traceId = 'a/0.1'
  for (const step of [0, 1]) {
    await store.write({
      sessionId: 'a',
      messages: [{ id: `${step}.0`, traceId, message: { role: 'user', content: 'hello' } }],
      events: [],
      checkpoint: `{"step":${step}}`,
      due: 0,
    })
    expect(await reader.checkpoints.load('a')).toBe(`{"step":${step}}`)
    expect(await reader.memory.get('a', [`${step}.0`])).toMatchObject([{ message: { content: 'hello' } }])
    expect(await reader.checkpoints.due(1)).toEqual(['a'])
  }
  await expect(reader.checkpoints.save('a', '{}')).rejects.toMatchObject({ code: 'store_read_only' })
  await reader.close()
  await store.close()
  await expect(openStore(`sqlite:${folder.path('nowhere.db')}`, { readOnly: true })).rejects.toThrow('nowhere.db')
})

test('a process that ends without closing leaves nothing that hinders the next', async () => {
  const url = `sqlite:${folder.path('left.db')}`
  const script = `
    import { openStore } from './store/open-store.js'
    const store = await openStore(process.argv[2])
    await store.checkpoints.save('a', '{"n":' + process.argv[3] + '}')
    console.log(await store.checkpoints.list())
    process.exit()
  `
  for (const round of ['1', '2']) expect(await outputOf(compiled.start(script, url, round))).toContain("[ 'a' ]")
})
