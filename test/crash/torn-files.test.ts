import { copyFile, mkdtemp, rm, stat, truncate, writeFile, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TroupeError } from '../../src/core/errors.ts'
import type { Store } from '../../src/core/store.ts'
import { readCheckpoint } from '../../src/session/checkpoint-text.ts'
import { idsBetween } from '../../src/session/transcript.ts'
import { openStore } from '../../src/store/open-store.ts'
import { openDesk, refundCall } from '../machines/refund-desk.ts'
import { below, randomOf } from './random.ts'

let folder: string
let source: string
let walSize = 0

/** Makes a file as a killed process leaves it: what was written last is in the write-ahead log only. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-torn-'))
  source = join(folder, 'source.db')
  const store = await openStore(`sqlite:${source}`)
  const script = ['One.', 'Two.', { toolCalls: [refundCall('c1', 'A-17', 25)] }, 'Four.']
  await using desk = await openDesk(script, { store })
  for (const text of ['first', 'second', 'third', 'fourth']) await desk.session.send(text).result
  await desk.session.snapshot()
  await copyFile(source, join(folder, 'left.db'))
  await copyFile(`${source}-wal`, join(folder, 'left.db-wal'))
  walSize = (await stat(join(folder, 'left.db-wal'))).size
  await desk.session.stop()
  await store.close()
})
afterAll(() => rm(folder, { recursive: true }))

/** The revision that a store has, all of which must be there; undefined when nothing is stored. */
async function wholeRevision(store: Store): Promise<number | undefined> {
  const text = await store.checkpoints.load('desk')
  if (text === undefined) {
    expect(await store.log.read('desk')).toEqual([])
    return undefined
  }
  const { head, counters, revision } = readCheckpoint(text, 'desk')
  const log = await store.log.read('desk')
  expect(log.map(({ sequence }) => sequence)).toEqual(Array.from({ length: counters.sequence }, (_, at) => at + 1))
  const messages = await store.memory.get('desk', idsBetween(head, 0, head.count + 1))
  expect(messages.map((message) => message !== undefined)).toEqual([...Array<boolean>(head.count).fill(true), false])
  return revision
}

async function copyTo(name: string): Promise<string> {
  const file = join(folder, `${name}.db`)
  await copyFile(join(folder, 'left.db'), file)
  await copyFile(join(folder, 'left.db-wal'), `${file}-wal`)
  return file
}

test('a write-ahead log that is cut off anywhere gives an earlier step of the session, and all of that', async () => {
  const random = randomOf(3)
  const revisions = new Set<number | undefined>()
  for (let round = 0; round < 60; round++) {
    const file = await copyTo(`cut-${round}`)
    await truncate(`${file}-wal`, below(random, walSize + 1))
    const store = await openStore(`sqlite:${file}`)
    revisions.add(await wholeRevision(store))
    await store.close()
  }
  expect(revisions.size).toBeGreaterThan(5)
})

test('bytes of the log that are overwritten give an earlier step too', async () => {
  const random = randomOf(4)
  for (let round = 0; round < 40; round++) {
    const file = await copyTo(`flipped-${round}`)
    const bytes = await readFile(`${file}-wal`)
    const at = below(random, bytes.length)
    bytes.writeUInt8((bytes.readUInt8(at) + 1) % 256, at)
    await writeFile(`${file}-wal`, bytes)
    const store = await openStore(`sqlite:${file}`)
    await wholeRevision(store)
    await store.close()
  }
})

test('a database that lost its first page is refused, and not made anew', async () => {
  const file = await copyTo('header')
  await rm(`${file}-wal`)
  const bytes = await readFile(file)
  await writeFile(file, bytes.fill(0, 0, 100))
  const error: unknown = await openStore(`sqlite:${file}`).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(TroupeError)
  expect((error as Error).message).toContain(file)
  expect(await readFile(file)).toEqual(bytes)
})
