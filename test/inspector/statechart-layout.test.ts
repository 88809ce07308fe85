import type { ELK } from 'elkjs/lib/elk-api.js'
import bundled from 'elkjs/lib/elk.bundled.js'
import { expect, test } from 'vitest'
import { layoutGraph } from '../../inspector/src/layout/elk-layout.ts'
import { chartLayout, dotId } from '../../inspector/src/statechart/chart-layout.ts'
import { readMachine } from '../../inspector/src/statechart/read-machine.ts'
import { callCentreAgent } from './stage.ts'

// Its types say that the constructor is the default export of the default export.
const Elk = bundled as unknown as new () => ELK

test('a nested, parallel chart is placed with first states above what they lead to, and boxes inside boxes', async () => {
  const chart = readMachine(JSON.parse(JSON.stringify(callCentreAgent.machine.config)) as object)
  const graph = chartLayout(chart, (text) => text.length * 7)
  const { nodes, edges } = await layoutGraph(new Elk(), graph)
  const place = (id: string) => nodes.get(id) ?? expect.fail(`${id} is not placed`)
  expect(place('call_centre.call.open.listening').y).toBeLessThan(place('call_centre.call.open.answering').y)
  expect(place(dotId('call_centre.call.open')).y).toBeLessThan(place('call_centre.call.open.listening').y)
  expect(place('call_centre.call.open').y).toBeLessThan(place('call_centre.call.paused').y)
  const [outer, inner] = [place('call_centre.call'), place('call_centre.call.open')]
  expect(inner.x + inner.width).toBeLessThanOrEqual(outer.width)
  expect(inner.y + inner.height).toBeLessThanOrEqual(outer.height)
  for (const { id } of graph.edges) expect(edges.get(id)?.points.length, id).toBeGreaterThanOrEqual(2)
})

test('a line that leads back starts at its source', async () => {
  const graph = {
    direction: 'down',
    first: 'a',
    nodes: [
      { id: 'a', width: 40, height: 20 },
      { id: 'b', width: 40, height: 20 },
    ],
    edges: [
      { id: 'there', source: 'a', target: 'b' },
      { id: 'back', source: 'b', target: 'a', label: { width: 30, height: 10 } },
    ],
  } as const
  const { nodes, edges } = await layoutGraph(new Elk(), graph)
  const [a, b] = [nodes.get('a'), nodes.get('b')]
  const back = edges.get('back')
  expect(a?.y).toBeLessThan(b?.y ?? 0)
  expect(back?.points[0]?.y).toBe(b?.y)
  expect(back?.points.at(-1)?.y).toBe((a?.y ?? 0) + 20)
  expect(back?.label).toMatchObject({ width: 30, height: 10 })
})
