import { expect, onTestFinished, test } from 'vitest'
import { assign } from 'xstate'
import { openSession, setupAgent } from '../setup/engine.ts'
import { lookedAt } from './looked-at.ts'

interface Kept {
  readonly document: string
  readonly count: number
  readonly notes: readonly string[]
}

/** Its context is larger than any page wants to have. */
function hoarder() {
  const chart = setupAgent({
    id: 'hoarder',
    version: 1,
    types: {} as { context: Kept },
    nodes: {},
    inputs: {},
  })
  const count = assign(({ context }: { context: Kept }) => ({ count: context.count + 1 }))
  return chart.createAgent({
    context: {
      document: 'x'.repeat(3_000_000),
      count: 0,
      notes: Array.from({ length: 5_000 }, (_, at) => `note ${at}`),
    },
    on: { 'input.user_input': { actions: [count as never, chart.deliver('output')] } },
  })
}

test('a huge context is cut where it is shown, and patches lead to the same as is shown to who comes later', async () => {
  const { inspector, connect } = await lookedAt()
  const session = await openSession(hoarder(), { id: 'hoarder-1', inspector })
  onTestFinished(() => session.stop())
  const early = await connect()
  const { state } = await early.subscribe('hoarder-1')
  expect(JSON.stringify(state).length).toBeLessThan(10_000)
  const { document, notes } = state.context as unknown as Kept
  expect(document).toMatch(/^x{2000}… \(3000000 characters\)$/)
  expect([notes.length, notes[0], notes.at(-1)]).toEqual([101, 'note 0', '… (5000 items)'])

  await session.send('one more').result
  await early.until((reader) => reader.state('hoarder-1').turns.at(-1)?.status === 'completed')
  expect(early.state('hoarder-1').context).toMatchObject({ count: 1 })
  const late = await connect()
  expect((await late.subscribe('hoarder-1')).state).toEqual(early.state('hoarder-1'))
  const sent = early.frames.filter(({ type }) => type === 'batch')
  expect(JSON.stringify(sent).length).toBeLessThan(10_000)
})
