import { expect, test } from 'vitest'
import { defineAgent, mapNode, openSession, z, type Agent, type MapRunOptions } from 'troupe'
import { gate, settled } from '../setup/gate.ts'
import { testStore } from '../setup/test-store.ts'
import { soloAgent, untilAborted } from '../session/agents.ts'
import { approvalAgent, nextTurn } from '../session/nested/agents.ts'

type Options = Partial<MapRunOptions<z.ZodString, z.ZodString>>
type Each = MapRunOptions<z.ZodString, z.ZodString>['each']

/** Splits what the user says into words and maps them. */
function wordsAgent(node: ReturnType<typeof mapNode>): Agent {
  return defineAgent({
    id: 'words',
    version: 1,
    nodes: { each: node },
    edges: [
      {
        from: 'input',
        on: 'user_input',
        to: 'each',
        map: (text: string) => ({ items: text.split(' ').filter(Boolean) }),
      },
      { from: 'each', on: 'item_chunk', to: 'output' },
      { from: 'each', on: 'map_result', to: 'output' },
    ],
  } as never) as unknown as Agent
}

const mapped = (each: Each, options: Options = {}): Agent =>
  wordsAgent(mapNode({ item: z.string(), output: z.string(), ...options, each }) as never)

async function resultsOf(agent: Agent, text: string): Promise<unknown> {
  await using session = await openSession(agent, { id: 's' })
  const turn = session.send(text)
  const events = []
  for await (const event of turn) events.push(event)
  const result = await turn.result
  return result.error ?? (events.at(-1)?.data as { results: unknown } | undefined)?.results
}

test('results are in the order of the items, whichever is done first', async () => {
  const late = gate()
  const agent = mapped(async (word) => {
    if (word === 'a') await late.pass()
    else late.open()
    return `${word}!`
  })
  expect(await resultsOf(agent, 'a b c')).toEqual(
    ['a!', 'b!', 'c!'].map((output) => ({ text: '', output, error: null })),
  )
})

test('no more items are at work than may be', async () => {
  let atWork = 0
  let most = 0
  const agent = mapped(
    async (word) => {
      most = Math.max(most, ++atWork)
      await settled()
      atWork--
      return word
    },
    { concurrency: 3 },
  )
  expect(await resultsOf(agent, 'a b c d e f g h')).toHaveLength(8)
  expect(most).toBe(3)
})

test('an empty list is done at once', async () => {
  expect(
    await resultsOf(
      mapped((word) => word),
      '',
    ),
  ).toEqual([])
})

test('a failed item fails the event and aborts the others', async () => {
  const notes: string[] = []
  const agent = mapped(async (word, context) => {
    if (word === 'bad') throw new RangeError('no good')
    await untilAborted(word, context).catch(() => notes.push(`${word} aborted`))
    return word
  })
  expect(await resultsOf(agent, 'a bad')).toMatchObject({ name: 'RangeError', message: 'no good', node: 'each' })
  expect(notes).toEqual(['a aborted'])
})

test('failed items are collected where that is asked for', async () => {
  const agent = mapped((word) => (word === 'bad' ? (7 as never) : word), { onError: 'collect' })
  expect(await resultsOf(agent, 'a bad')).toMatchObject([
    { output: 'a', error: null },
    { output: null, error: { code: 'invalid_emit' } },
  ])
})

test('more items than may be are refused', async () => {
  expect(
    await resultsOf(
      mapped((word) => word, { maxItems: 2 }),
      'a b c',
    ),
  ).toMatchObject({ code: 'invalid_input' })
})

test('items that were done when the process died are not done again, the others under the same keys', async () => {
  const done: string[] = []
  const agent = mapped(
    async (word, { attempt, idempotencyKey, ...context }) => {
      done.push(`${word} ${idempotencyKey}`)
      if (word === 'c' && attempt === 1) await untilAborted(word, context)
      return word
    },
    { concurrency: 2 },
  )
  const store = testStore()
  const dead = await openSession(agent, { id: 's', store })
  await dead.send('a b c d').accepted
  await settled()
  await settled()
  const image = store.image()
  const before = done.splice(0)
  expect(before).toContain('c s/0.1.1~each.2/0.1.1')
  await using session = await openSession(agent, { id: 's', store: image })
  expect(await nextTurn(session)).toMatchObject({ status: 'completed' })
  expect(done[0]).toBe('c s/0.1.1~each.2/0.1.1')
  expect(new Set(done.map(([word]) => word)).has('a')).toBe(false)
  expect(new Set(done.map(([word]) => word)).has('b')).toBe(false)
  await dead.stop()
})

test('each item is a turn of an agent, which may stream and wait', async () => {
  const agent = wordsAgent(mapNode({ item: z.string(), each: approvalAgent(), map: (word) => `${word}?` }) as never)
  await using session = await openSession(agent, { id: 's' })
  expect(await session.send('a b').result).toMatchObject({ status: 'waiting' })
  const pending = session.pending()
  expect(pending.map(({ node, data }) => `${node} ${data as string}`)).toEqual(['each/0/worker a?', 'each/1/worker b?'])
  expect(await (await session.signal('approve', {})).result).toMatchObject({ status: 'waiting' })
  expect(session.pending()).toHaveLength(1)
  expect(await (await session.signal('approve', {})).result).toMatchObject({ status: 'completed' })

  const streaming = soloAgent((text, runtime) => {
    runtime.emit('chunk', { text })
    runtime.emit('said', { text })
  })
  expect(await resultsOf(wordsAgent(mapNode({ item: z.string(), each: streaming }) as never), 'a')).toEqual([
    { text: 'a', output: { text: 'a' }, error: null },
  ])
})

test('faulty options are told when the node is made', () => {
  const make = (options: object): unknown => mapNode({ item: z.string(), each: soloAgent(untilAborted), ...options })
  expect(() => make({ concurrency: 0 })).toThrow('not a whole number from 1')
  expect(() => make({ maxItems: 1.5 })).toThrow('maxItems is 1.5')
  expect(() => make({ each: {} })).toThrow('is no agent')
})
