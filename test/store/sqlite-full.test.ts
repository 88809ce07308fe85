import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/core/store.ts'
import { StoreError } from '../../src/store/errors.ts'
import { openStore } from '../../src/store/open-store.ts'
import { sqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { temporaryFolder } from './conformance.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeEach(async () => void (folder = await temporaryFolder()))
afterEach(() => folder.remove())

test('a file at its ceiling refuses writes clearly, stores no half, and goes on when there is room', async () => {
  const store = await sqliteStore({ file: folder.path('small.db'), maxFileBytes: 200_000 })
  const last = await fill(store)
  await expectWhole(store, last)
  // Deleting makes room.
  await store.delete('old')
  await write(store, last + 1)
  await expectWhole(store, last + 1)
  await store.close()
})

const mountable = process.platform === 'linux' && process.getuid?.() === 0 && canMount()

describe.skipIf(!mountable)('on a disk of 1 MB (needs the right to mount)', () => {
  test('a full disk refuses writes clearly, stores no half, and goes on when there is room', async () => {
    const disk = folder.path('disk')
    mkdirSync(disk)
    mount(disk)
    try {
      const store = await openStore(`sqlite:${disk}/troupe.db`)
      writeFileSync(`${disk}/ballast`, Buffer.alloc(300_000))
      const last = await fill(store)
      await expectWhole(store, last)
      rmSync(`${disk}/ballast`)
      await write(store, last + 1)
      await expectWhole(store, last + 1)
      await store.close()
      const again = await openStore(`sqlite:${disk}/troupe.db`)
      await expectWhole(again, last + 1)
      await again.close()
    } finally {
      // The connection may be open until it is collected.
      spawnSync('umount', ['--lazy', disk])
    }
  })
})

/** Writes until there is no space; gives the last step that was acknowledged. */
async function fill(store: Store): Promise<number> {
  await store.memory.append('old', [
    { id: '0.0', traceId: 'old/0.1', message: { role: 'user', content: 'x'.repeat(50_000) } },
  ])
  for (let step = 0; ; step++) {
    const error: unknown = await write(store, step).catch((thrown: unknown) => thrown)
    if (error === undefined) continue
    expect(error).toBeInstanceOf(StoreError)
    expect(error).toMatchObject({ code: 'store_full' })
    expect((error as Error).message).toMatch(/no space left .*\.db.* session 'a'/)
    return step - 1
  }
}

function write(store: Store, step: number): Promise<void> {
  const traceId = 'a/0.1'
  return store.write({
    sessionId: 'a',
    messages: [{ id: `0.${step}`, traceId, message: { role: 'user', content: 'x'.repeat(2_000) } }],
    events: [
      {
        sequence: step,
        to: [],
        event: {
          id: `${traceId}.${step}`,
          from: 'input',
          type: 'x',
          data: 'x'.repeat(2_000),
          sessionId: 'a',
          traceId,
          time: 0,
        },
      },
    ],
    checkpoint: JSON.stringify({ step, state: 'x'.repeat(1_000) }),
  })
}

async function expectWhole(store: Store, last: number): Promise<void> {
  expect(last).toBeGreaterThan(5)
  expect(JSON.parse((await store.checkpoints.load('a')) ?? '')).toMatchObject({ step: last })
  const found = await store.memory.get('a', [`0.${last}`, `0.${last + 1}`])
  expect(found.map((record) => record?.id)).toEqual([`0.${last}`, undefined])
  expect((await store.log.read('a')).at(-1)?.sequence).toBe(last)
}

function mount(path: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]).status === 0
}

function canMount(): boolean {
  const path = `/tmp/troupe-mount-${process.pid}`
  mkdirSync(path)
  const mounted = mount(path)
  if (mounted) spawnSync('umount', [path])
  rmSync(path, { recursive: true })
  return mounted
}
