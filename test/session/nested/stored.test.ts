import { expect, test } from 'vitest'
import { keyvStore, memoryStore, type Store } from 'troupe'
import { readSessionFile, type SessionFile } from '../../../src/cli/sessions/session-file.ts'
import { headsOf } from '../../../src/session/checkpoint.ts'
import { readCheckpoint } from '../../../src/session/checkpoint-text.ts'
import { idsBetween } from '../../../src/session/transcript.ts'
import { openSession } from '../../setup/engine.ts'
import { emptyStore } from '../fork-stores.ts'
import type { Play } from '../agents.ts'
import { approvalAgent, around } from './agents.ts'

const told: Play = async (text, runtime) => {
  runtime.append({ role: 'user', content: `inside: ${text}` })
  const messages = await runtime.messages(await runtime.window())
  runtime.emit('said', { text: messages.map(({ content }) => content as string).join() })
}

const agent = around(around(approvalAgent(told), 'middle'))

/** A session with one delegation that is over and one that waits. */
async function begun(store: Store): Promise<void> {
  const session = await openSession(agent, { id: 's', store })
  await session.append([{ role: 'user', content: 'outside' }])
  await session.send('one').result
  expect(await (await session.signal('approve', {})).result).toMatchObject({ text: 'inside: one' })
  await session.send('two').result
  await session.stop()
}

const stores: readonly [string, () => Promise<{ store: Store; left: () => unknown }>][] = [
  ['memory', () => Promise.resolve(memoryStore()).then((store) => ({ store, left: () => store.checkpoints.list() }))],
  ['sqlite', () => emptyStore('sqlite').then((store) => ({ store, left: () => store.checkpoints.list() }))],
  [
    'keyv',
    () => {
      const adapter = new Map<string, unknown>()
      const left = (): unknown[] => [...adapter.keys()].filter((key) => key.includes('/s'))
      return Promise.resolve({ store: keyvStore({ adapter: adapter as never }), left })
    },
  ],
]

test.each(stores)('%s: messages of inner sessions are stored and deleted with the session', async (_, make) => {
  const { store, left } = await make()
  await begun(store)
  const places = ['0.0', '1000000000.0', '1000000001.0', '1000000002.0', '1000000003.0']
  const stored = (await store.memory.get('s', places)).map((record) => record?.message.content)
  expect(stored).toEqual(['outside', undefined, 'inside: one', undefined, undefined])
  await store.delete('s')
  expect(await store.memory.get('s', places)).toEqual(places.map(() => undefined))
  expect(await left()).toEqual([])
  await store.close()
})

test('a checkpoint keeps nothing of what is over', async () => {
  const store = memoryStore()
  const session = await openSession(agent, { id: 's', store })
  const sizes: number[] = []
  for (let turn = 0; turn < 5; turn++) {
    await session.send('one').result
    await (
      await session.signal('approve', {})
    ).result
    await session.flushed()
    const text = (await store.checkpoints.load('s')) ?? ''
    expect(readCheckpoint(text, 's').nested).toBe(undefined)
    sizes.push(text.length)
  }
  await session.stop()
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(32)
})

test('an exported session takes its inner ones along, and goes on elsewhere', async () => {
  const source = memoryStore()
  await begun(source)
  const checkpoint = readCheckpoint((await source.checkpoints.load('s')) ?? '', 's')
  const ids = headsOf(checkpoint).flatMap((head) => idsBetween(head, 0, head.count))
  const found = await source.memory.get('s', ids)
  const file: SessionFile = {
    kind: 'troupe_session',
    format: 1,
    exportedAt: '',
    checkpoint,
    messages: found.flatMap((record) => record ?? []),
    log: await source.log.read('s'),
  }
  const read = readSessionFile(JSON.stringify(file), 'file')
  const target = memoryStore()
  await target.memory.append('s', read.messages)
  await target.log.append('s', read.log)
  await target.write({ sessionId: 's', messages: [], events: [], checkpoint: JSON.stringify(read.checkpoint) })
  await using session = await openSession(agent, { id: 's', store: target })
  expect(await (await session.signal('approve', {})).result).toMatchObject({ text: 'inside: two' })
  expect(await session.messages()).toEqual([{ role: 'user', content: 'outside' }])
})
