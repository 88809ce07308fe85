/** Conformance cases of the three ports: what is written is read, and nothing else. */
import assert from 'node:assert/strict'
import type { MessageRecord } from '../core/messages.ts'
import type { LoggedEvent } from '../core/store.ts'
import { checkpointOf, define, eventOf, messageOf, range, writeStep, type StoreConformanceCase } from './store-case.ts'

const similarIds = ['a', 'A', 'a-', 'a.b', 'a_b', 'ab', 'a.0', 'a0', 'constructor', 'a-0.0', `a${'x'.repeat(127)}`]

/** See the top of this file. */
export const portCases: readonly StoreConformanceCase[] = [
  define('what is not stored is undefined or empty', async (store) => {
    assert.equal(await store.checkpoints.load('nobody'), undefined)
    assert.deepEqual(await store.memory.get('nobody', ['0.0', '0.1']), [undefined, undefined])
    assert.deepEqual(await store.memory.get('nobody', []), [])
    assert.deepEqual(await store.log.read('nobody'), [])
    assert.deepEqual(await store.checkpoints.list(), [])
    assert.deepEqual(await store.checkpoints.due(Number.MAX_SAFE_INTEGER), [])
    await store.checkpoints.delete('nobody')
    await store.memory.delete('nobody', ['0.0'])
    await store.log.delete('nobody')
    await store.delete('nobody')
  }),

  define('a batch comes back as it was written', async (store) => {
    const text = 'quotes " and \\, line\nbreaks,   , emoji 🎭, 你好, \0 and lone \ud800'
    const record: MessageRecord = {
      id: '0.0',
      traceId: 'a/0.1',
      message: {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: text } }],
      },
    }
    const aside: MessageRecord = {
      id: '0.1',
      traceId: 'elsewhere',
      message: { role: 'system', content: text },
      aside: true,
    }
    const amendment: MessageRecord = {
      id: '0.2',
      traceId: 'a/0.2',
      message: { role: 'assistant', content: 'amended' },
      amends: '0.0',
    }
    const entry = eventOf('a', 1, 1, { text, nested: [{}, [], null, 1.5, true] })
    const dropped: LoggedEvent = {
      ...eventOf('a', 2, 1, null),
      to: [],
      event: { ...entry.event, id: 'other', traceId: 'x/1.9' },
    }
    const checkpoint = checkpointOf('a', { text, ключ: [1, -0.1, 1e300] })
    await store.write({
      sessionId: 'a',
      messages: [record, aside, amendment],
      events: [entry, dropped],
      checkpoint,
      due: null,
    })
    assert.equal(await store.checkpoints.load('a'), checkpoint)
    assert.deepEqual(await store.memory.get('a', ['0.1', '0.0', '0.2', '0.3']), [aside, record, amendment, undefined])
    assert.deepEqual(await store.log.read('a'), [entry, dropped])
  }),

  define('each port works by itself', async (store) => {
    await store.memory.append('a', [messageOf('a', 0)])
    await store.log.append('a', [eventOf('a', 1)])
    assert.equal(await store.checkpoints.load('a'), undefined)
    assert.deepEqual(await store.checkpoints.list(), [])
    await store.checkpoints.save('a', checkpointOf('a'))
    assert.equal(await store.checkpoints.load('a'), checkpointOf('a'))
    assert.deepEqual(await store.memory.get('a', ['0.0']), [messageOf('a', 0)])
    assert.deepEqual(await store.log.read('a'), [eventOf('a', 1)])
  }),

  define('the newest value under an id counts', async (store) => {
    for (const text of ['long '.repeat(500), 'short', 'long again '.repeat(100)]) {
      await store.write({
        sessionId: 'a',
        messages: [messageOf('a', 0, text)],
        events: [eventOf('a', 1, 1, text)],
        checkpoint: checkpointOf('a', text),
      })
      assert.equal(await store.checkpoints.load('a'), checkpointOf('a', text))
      assert.deepEqual(await store.memory.get('a', ['0.0']), [messageOf('a', 0, text)])
      assert.deepEqual(await store.log.read('a'), [eventOf('a', 1, 1, text)])
    }
  }),

  define('what is handed out is not shared', async (store) => {
    const record = messageOf('a', 0, 'before')
    await store.memory.append('a', [record])
    ;(record.message as { content: string }).content = 'after'
    const [first] = await store.memory.get('a', ['0.0'])
    if (first) (first.message as { content: string }).content = 'after'
    assert.deepEqual(await store.memory.get('a', ['0.0']), [messageOf('a', 0, 'before')])
  }),

  define('sessions with similar ids do not touch', async (store) => {
    for (const id of similarIds) await writeStep(store, id, 0, { data: id })
    for (const id of similarIds) {
      assert.equal(await store.checkpoints.load(id), checkpointOf(id, id))
      assert.deepEqual(await store.memory.get(id, ['0.0', '0.1']), [messageOf(id, 0, id), undefined])
      assert.deepEqual(await store.log.read(id), [eventOf(id, 0, 1, id)])
    }
    await store.delete('a')
    assert.deepEqual(await store.checkpoints.list(), similarIds.filter((id) => id !== 'a').sort())
    for (const id of similarIds.slice(1)) {
      assert.equal(await store.checkpoints.load(id), checkpointOf(id, id))
      assert.deepEqual(await store.memory.get(id, ['0.0']), [messageOf(id, 0, id)])
      assert.deepEqual(await store.log.read(id), [eventOf(id, 0, 1, id)])
    }
  }),

  define('a deleted session is gone, whatever it had, and can begin anew', async (store) => {
    for (let step = 0; step < 20; step++) await writeStep(store, 'a', step)
    // A new branch, and back to the old one.
    await store.memory.append('a', [messageOf('a', 15, 'b', 1), messageOf('a', 16, 'b', 1), messageOf('a', 20)])
    const ids = [...range(0, 21).map((index) => `0.${index}`), '1.15', '1.16']
    assert.equal((await store.memory.get('a', ids)).filter(Boolean).length, 23)
    await store.delete('a')
    assert.equal(await store.checkpoints.load('a'), undefined)
    assert.deepEqual((await store.memory.get('a', ids)).filter(Boolean), [])
    assert.deepEqual(await store.log.read('a'), [])
    assert.deepEqual(await store.checkpoints.list(), [])
    await writeStep(store, 'a', 0)
    assert.deepEqual(await store.log.read('a'), [eventOf('a', 0)])
    assert.deepEqual(await store.checkpoints.list(), ['a'])
  }),

  define('messages, log and checkpoint are deleted one by one', async (store) => {
    await store.write({
      sessionId: 'a',
      messages: range(0, 3).map((index) => messageOf('a', index)),
      events: [eventOf('a', 1)],
      checkpoint: checkpointOf('a'),
      due: 0,
    })
    await store.memory.delete('a', ['0.1', '0.7'])
    assert.deepEqual(await store.memory.get('a', ['0.0', '0.1', '0.2']), [
      messageOf('a', 0),
      undefined,
      messageOf('a', 2),
    ])
    await store.log.delete('a')
    assert.deepEqual(await store.log.read('a'), [])
    assert.equal(await store.checkpoints.load('a'), checkpointOf('a'))
    await store.checkpoints.delete('a')
    assert.equal(await store.checkpoints.load('a'), undefined)
    assert.deepEqual(await store.checkpoints.list(), [])
    assert.deepEqual(await store.checkpoints.due(1), [])
    assert.deepEqual(await store.memory.get('a', ['0.0']), [messageOf('a', 0)])
  }),

  define('sessions are listed in order, page by page', async (store) => {
    const ids = range(0, 130).map((index) => `s${(index * 37) % 130}`)
    await Promise.all(ids.map((id) => store.checkpoints.save(id, checkpointOf(id))))
    const pages: string[][] = []
    for (let after = ''; ; after = pages.at(-1)?.at(-1) ?? '') {
      pages.push(await store.checkpoints.list({ after, limit: 50 }))
      if (pages.at(-1)?.length !== 50) break
    }
    assert.deepEqual(
      pages.map((page) => page.length),
      [50, 50, 30],
    )
    assert.deepEqual(pages.flat(), ids.sort())
    assert.equal((await store.checkpoints.list()).length, 100)
    assert.deepEqual(await store.checkpoints.list({ after: 's99' }), [])
    assert.deepEqual(await store.checkpoints.list({ limit: 0 }), [])
  }),

  define('sessions that are due are found, others are not', async (store) => {
    const save = (id: string, due: number | null): Promise<void> => store.checkpoints.save(id, checkpointOf(id), due)
    await save('at-work', 0)
    await save('at-1000', 1_000)
    await save('at-2000', 2_000)
    await save('idle', null)
    assert.deepEqual(await store.checkpoints.due(1), ['at-work'])
    assert.deepEqual(await store.checkpoints.due(1_000), ['at-work'])
    assert.deepEqual(await store.checkpoints.due(1_001), ['at-work', 'at-1000'])
    assert.deepEqual(await store.checkpoints.due(5_000, { limit: 2 }), ['at-work', 'at-1000'])
    await save('at-work', null)
    await save('at-1000', 3_000)
    await store.write({ sessionId: 'idle', messages: [], events: [], checkpoint: checkpointOf('idle'), due: 500 })
    assert.deepEqual(await store.checkpoints.due(5_000), ['idle', 'at-2000', 'at-1000'])
    await save('at-work', 100)
    assert.deepEqual(await store.checkpoints.due(5_000, { limit: 1 }), ['at-work'])
    // Without it nothing has to wake the session.
    await store.write({ sessionId: 'idle', messages: [], events: [], checkpoint: checkpointOf('idle') })
    await store.delete('at-2000')
    assert.deepEqual(await store.checkpoints.due(5_000), ['at-work', 'at-1000'])
  }),

  define('a search for due sessions misses none that is written meanwhile', async (store) => {
    const ids = range(0, 20).map((index) => `s${index}`)
    await Promise.all(ids.map((id) => store.checkpoints.save(id, checkpointOf(id), 0)))
    for (let round = 0; round < 5; round++) {
      await Promise.all(ids.map((id) => store.checkpoints.save(id, checkpointOf(id), null)))
      await Promise.all([
        store.checkpoints.due(1),
        ...ids.map((id) => store.checkpoints.save(id, checkpointOf(id), 0)),
        store.checkpoints.due(1),
      ])
      assert.deepEqual((await store.checkpoints.due(1)).sort(), [...ids].sort())
    }
  }),

  define('the log is read in order, from anywhere', async (store) => {
    for (const first of [1, 101, 201])
      await store.log.append(
        'a',
        range(first, first + 100).map((sequence) => eventOf('a', sequence)),
      )
    const sequences = async (options?: { after?: number; limit?: number }): Promise<number[]> =>
      (await store.log.read('a', options)).map(({ sequence }) => sequence)
    assert.deepEqual(await sequences(), range(1, 301))
    assert.deepEqual(await sequences({ after: 95, limit: 10 }), range(96, 106))
    assert.deepEqual(await sequences({ after: 290 }), range(291, 301))
    assert.deepEqual(await sequences({ after: 300 }), [])
    assert.deepEqual(await sequences({ limit: 0 }), [])
  }),

  define('the log keeps whole turns, the newest, and does not grow without end', async (store) => {
    for (let turn = 1; turn <= 1_200; turn++) {
      await store.log.append('a', [eventOf('a', turn * 2, turn), eventOf('a', turn * 2 + 1, turn)])
    }
    const kept = await store.log.read('a', { limit: 10_000 })
    assert.equal(kept.at(-1)?.sequence, 2_401)
    assert.ok(kept.length < 2_400, `all of ${kept.length} entries are kept`)
    assert.equal((kept[0]?.sequence ?? 1) % 2, 0, 'half a turn is kept')
    assert.deepEqual(
      kept.map(({ sequence }) => sequence),
      range(kept[0]?.sequence ?? 0, 2_402),
    )
  }),
]
