import { expect, test } from 'vitest'
import { createInspector } from '../../src/inspect/inspector.ts'
import { InspectorFeed } from '../../src/inspect/feed.ts'
import { openSession } from '../setup/engine.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { deskAgent } from './example.ts'

test('while nobody looks there is no timer; batches come 16 ms after what happened; closing leaves nothing', async () => {
  const clock = manualClock()
  const inspector = createInspector({ clock })
  const session = await openSession(deskAgent(), { id: 'desk-1', inspector, clock })
  await session.send('small').result
  expect(clock.pending).toBe(0)

  const frames: { type: string }[] = []
  const feed = new InspectorFeed(inspector)
  const connection = feed.connect({
    send: (text) => void frames.push(JSON.parse(text) as { type: string }),
    close: () => {},
  })
  connection.receive('{"type":"subscribe","id":1,"session":"desk-1"}')
  expect(clock.pending).toBe(0)
  await session.send('another').result
  expect(clock.pending).toBe(1)
  const batches = (): number => frames.filter(({ type }) => type === 'batch').length
  clock.advance(15)
  expect(batches()).toBe(0)
  clock.advance(1)
  expect(batches()).toBe(1)
  expect(clock.pending).toBe(0)

  connection.closed()
  await session.send('unseen').result
  expect(clock.pending).toBe(0)
  expect(batches()).toBe(1)
  await session.stop()
  inspector.close()
  expect(clock.pending).toBe(0)
})
