/** Conformance cases of batches: sizes, order, failures, and what a store that is opened again has. */
import assert from 'node:assert/strict'
import type { MessageRecord } from '../core/messages.ts'
import type { LoggedEvent } from '../core/store.ts'
import { checkpointOf, define, eventOf, messageOf, range, writeStep, type StoreConformanceCase } from './store-case.ts'

/** See the top of this file. */
export const batchCases: readonly StoreConformanceCase[] = [
  define('a batch of 1,000 messages is written and read', async (store) => {
    const messages = range(0, 1_000).map((index) => messageOf('a', index))
    const events = range(1, 1_001).map((sequence) => eventOf('a', sequence))
    await store.write({ sessionId: 'a', messages, events, checkpoint: checkpointOf('a') })
    assert.deepEqual(
      await store.memory.get(
        'a',
        messages.map(({ id }) => id),
      ),
      messages,
    )
    assert.deepEqual(await store.log.read('a', { limit: 1_000 }), events)
  }),

  define('a message of 1 MB is kept', async (store) => {
    const large = messageOf('a', 0, 'é'.repeat(500_000))
    await store.write({
      sessionId: 'a',
      messages: [large, messageOf('a', 1)],
      events: [],
      checkpoint: checkpointOf('a'),
    })
    assert.deepEqual(await store.memory.get('a', ['0.0', '0.1']), [large, messageOf('a', 1)])
  }),

  define('a window of 40 messages is read from anywhere in a long transcript', async (store) => {
    for (let start = 0; start < 5_000; start += 1_000) {
      await store.memory.append(
        'a',
        range(start, start + 1_000).map((index) => messageOf('a', index)),
      )
    }
    for (const start of [0, 2_480, 4_960]) {
      const window = range(start, start + 40).map((index) => messageOf('a', index))
      assert.deepEqual(
        await store.memory.get(
          'a',
          window.map(({ id }) => id),
        ),
        window,
      )
    }
    const scattered = ['0.4999', '0.0', '0.5000', '1.0', '0.17', '0.18', '0.16']
    assert.deepEqual(
      (await store.memory.get('a', scattered)).map((record) => record?.id),
      ['0.4999', '0.0', undefined, undefined, '0.17', '0.18', '0.16'],
    )
  }),

  define('sessions write at the same time', async (store) => {
    const ids = range(0, 25).map((index) => `s${index}`)
    await Promise.all(
      ids.map(async (id) => {
        for (let step = 0; step < 12; step++) await writeStep(store, id, step, { data: step })
      }),
    )
    for (const id of ids) {
      assert.equal(await store.checkpoints.load(id), checkpointOf(id, 11))
      assert.deepEqual(
        (
          await store.memory.get(
            id,
            range(0, 12).map((index) => `0.${index}`),
          )
        ).map((record) => record?.id),
        range(0, 12).map((index) => `0.${index}`),
      )
      assert.equal((await store.log.read(id)).length, 12)
    }
  }),

  define('batches of a session take effect in the order of the calls', async (store) => {
    await Promise.all(range(0, 50).map((step) => writeStep(store, 'a', step, { data: step })))
    assert.equal(await store.checkpoints.load('a'), checkpointOf('a', 49))
    assert.equal((await store.log.read('a')).length, 50)
  }),

  define('a checkpoint over the ceiling is refused with the path that is too big', async (store) => {
    await writeStep(store, 'a', 0, { data: 'small' })
    const checkpoint = JSON.stringify({ snapshot: { children: { llm: { state: 'x'.repeat(1_100_000) } } }, small: 1 })
    await assert.rejects(
      store.write({ sessionId: 'a', messages: [messageOf('a', 1)], events: [], checkpoint }),
      (error: { code?: string; message: string }) => {
        assert.equal(error.code, 'checkpoint_too_large')
        assert.match(error.message, /'a'.*\$\.snapshot\.children\.llm\.state/)
        return true
      },
    )
    assert.equal(await store.checkpoints.load('a'), checkpointOf('a', 'small'))
  }),

  define('a batch that cannot be written rejects, and the next one works', async (store) => {
    await writeStep(store, 'a', 0, { data: 'first' })
    const unwritable = { ...messageOf('a', 1), message: { role: 'user', content: 1n } } as unknown as MessageRecord
    await assert.rejects(
      store.write({ sessionId: 'a', messages: [unwritable], events: [], checkpoint: checkpointOf('a', 'second') }),
    )
    assert.equal(await store.checkpoints.load('a'), checkpointOf('a', 'first'))
    await writeStep(store, 'a', 1, { data: 'third' })
    assert.equal(await store.checkpoints.load('a'), checkpointOf('a', 'third'))
  }),

  define(
    'nothing of a batch that failed is visible, and others of the same moment are',
    async (store) => {
      await writeStep(store, 'a', 0, { data: 'first' })
      const unwritable = { ...eventOf('a', 2), event: { ...eventOf('a', 2).event, data: 1n } } as unknown as LoggedEvent
      const failed = store.write({
        sessionId: 'a',
        messages: [messageOf('a', 1)],
        events: [eventOf('a', 1), unwritable],
        checkpoint: checkpointOf('a', 'second'),
        due: 0,
      })
      await Promise.all([assert.rejects(failed), writeStep(store, 'b', 0), writeStep(store, 'c', 0)])
      assert.equal(await store.checkpoints.load('a'), checkpointOf('a', 'first'))
      assert.deepEqual(await store.memory.get('a', ['0.1']), [undefined])
      assert.deepEqual(
        (await store.log.read('a')).map(({ sequence }) => sequence),
        [0],
      )
      assert.deepEqual(await store.checkpoints.due(1), [])
      assert.deepEqual(await store.checkpoints.list(), ['a', 'b', 'c'])
    },
    'transactional',
  ),

  {
    name: 'everything is there when the store is opened again',
    needs: 'durable',
    async run(open) {
      for (let round = 0; round < 3; round++) {
        const store = await open()
        try {
          for (let step = 0; step < round * 5; step++) {
            assert.deepEqual(await store.memory.get('a', [`0.${step}`]), [messageOf('a', step, `${step}`)])
          }
          assert.equal((await store.log.read('a')).length, round * 5)
          assert.deepEqual(await store.checkpoints.due(1), round > 0 ? ['a'] : [])
          assert.deepEqual(await store.checkpoints.list(), round > 0 ? ['a'] : [])
          for (let step = round * 5; step < round * 5 + 5; step++)
            await writeStep(store, 'a', step, { data: `${step}`, due: 0 })
        } finally {
          await store.close()
        }
      }
    },
  },

  {
    name: 'a closed store rejects',
    async run(open) {
      const store = await open()
      const last = writeStep(store, 'a', 0)
      await store.close()
      await last
      await store.close()
      await assert.rejects(store.checkpoints.load('a'), { code: 'store_closed' })
      await assert.rejects(store.memory.get('a', ['0.0']), { code: 'store_closed' })
      await assert.rejects(store.checkpoints.list(), { code: 'store_closed' })
      await assert.rejects(writeStep(store, 'a', 1), { code: 'store_closed' })
    },
  },
]
