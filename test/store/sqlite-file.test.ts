import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StoreDataError } from '../../src/store/errors.ts'
import { openStore } from '../../src/store/open-store.ts'
import { loadSqlite } from '../../src/store/sqlite/driver.ts'
import { temporaryFolder } from './conformance.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let file: string
beforeEach(async () => {
  folder = await temporaryFolder()
  file = folder.path('troupe.db')
})
afterEach(() => folder.remove())

async function makeStore(): Promise<void> {
  const made = folder.path('made.db')
  const store = await openStore(`sqlite:${made}`)
  for (let index = 0; index < 200; index++) {
    const traceId = `s${index}/0.1`
    await store.write({
      sessionId: `s${index}`,
      messages: [{ id: '0.0', traceId, message: { role: 'user', content: 'hello' } }],
      events: [
        {
          sequence: 1,
          to: [],
          event: { id: `${traceId}.1`, from: 'input', type: 'x', data: null, sessionId: `s${index}`, traceId, time: 0 },
        },
      ],
      checkpoint: JSON.stringify({ state: 'x'.repeat(500) }),
    })
  }
  await store.close()
  // Another file, of which this process has nothing open.
  copyFileSync(made, file)
}

async function change(sql: string): Promise<void> {
  const database = new (await loadSqlite()).DatabaseSync(file)
  database.exec(sql)
  database.close()
}

async function expectRefused(reason: string | RegExp): Promise<void> {
  const before = readFileSync(file)
  const error: unknown = await openStore(`sqlite:${file}`).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(StoreDataError)
  expect((error as Error).message).toMatch(reason)
  expect((error as Error).message).toContain(file)
  expect(readFileSync(file).equals(before)).toBe(true)
}

test('an empty file is refused: a store never is one', async () => {
  writeFileSync(file, '')
  await expectRefused('is empty')
})

test('a file that was cut off is refused', async () => {
  await makeStore()
  truncateSync(file, 40_000)
  await expectRefused('malformed')
})

test('a file that was cut off in its first page is refused', async () => {
  await makeStore()
  truncateSync(file, 700)
  await expectRefused(/not a database|malformed/)
})

test('a file that is no database is refused', async () => {
  writeFileSync(file, 'These are my notes, and nothing else. '.repeat(100))
  await expectRefused('not a database')
})

test('a database of something else is refused', async () => {
  await change('CREATE TABLE notes (text TEXT)')
  await expectRefused('Troupe did not make')
})

test('a store of a newer format is refused', async () => {
  await makeStore()
  await change('PRAGMA user_version = 2')
  await expectRefused('format 2, which a newer version')
})

test('a missing file is no new store while its write-ahead log is there', async () => {
  writeFileSync(`${file}-wal`, 'what was not yet written back')
  await expect(openStore(`sqlite:${file}`)).rejects.toThrow('write-ahead log')
})

test('what a crash left of making a store is no hindrance', async () => {
  writeFileSync(`${file}-new`, 'half a database')
  await makeStore()
})

test('a damaged message or log entry is an error that names the session', async () => {
  await makeStore()
  await change(`UPDATE messages SET record = '{"traceId":' WHERE key & 0xffffffff = 0; UPDATE events SET entry = '[]'`)
  const store = await openStore(`sqlite:${file}`)
  await expect(store.memory.get('s7', ['0.0'])).rejects.toThrow(
    /Message 0\.0 of session 's7' cannot be read: it is no JSON/,
  )
  await expect(store.log.read('s7')).rejects.toThrow(/Log entry 1 of session 's7' cannot be read: it holds no event/)
  await store.close()
})

test('damaged pages are an error, not a missing session', async () => {
  await makeStore()
  const bytes = readFileSync(file)
  // Everything but the first page, which has the schema.
  bytes.fill(0x5a, 1_024)
  writeFileSync(file, bytes)
  const outcome = await openStore(`sqlite:${file}`).then(
    async (store) => {
      const loaded = await store.checkpoints.load('s7').catch((error: unknown) => error)
      await store.close()
      return loaded
    },
    (error: unknown) => error,
  )
  expect(outcome).toBeInstanceOf(StoreDataError)
})

test('a write-ahead log whose end is torn opens with the last whole batch', async () => {
  await makeStore()
  const store = await openStore(`sqlite:${file}`)
  for (let step = 0; step < 20; step++)
    await store.checkpoints.save('s0', JSON.stringify({ step, state: 'y'.repeat(600) }))
  // A copy of the files as a crash leaves them, with the last frame cut in half.
  const copy = folder.path('copy.db')
  writeFileSync(copy, readFileSync(file))
  const log = readFileSync(`${file}-wal`)
  writeFileSync(`${copy}-wal`, log.subarray(0, log.length - 500))
  await store.close()
  const torn = await openStore(`sqlite:${copy}`)
  expect(JSON.parse((await torn.checkpoints.load('s0')) ?? '')).toMatchObject({ step: 18 })
  await torn.close()
})
