import { expect, test } from 'vitest'
import { backEdges } from '../../inspector/src/layout/back-edges.ts'
import type { LayoutNode } from '../../inspector/src/layout/graph.ts'

const box = (id: string, more: Partial<LayoutNode> = {}): LayoutNode => ({ id, width: 1, height: 1, ...more })
const edge = (source: string, target: string) => ({ id: `${source}-${target}`, source, target })

test('edges to what the walk from the first box is still in lead back', () => {
  const nodes = [box('c'), box('a'), box('b')]
  const edges = [edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('a', 'c')]
  expect([...backEdges({ direction: 'down', nodes, edges, first: 'a' })]).toEqual(['c-a'])
})

test('edges from what the first box does not lead to lead back to what it does', () => {
  const nodes = [box('dot'), box('chatting'), box('waiting')]
  const edges = [edge('dot', 'chatting'), edge('waiting', 'chatting')]
  expect([...backEdges({ direction: 'down', nodes, edges, first: 'dot' })]).toEqual(['waiting-chatting'])
})

test('edges across boxes count between the boxes that hold their ends', () => {
  const nodes = [box('outer', { children: [box('x'), box('y')], first: 'x' }), box('after')]
  const edges = [edge('x', 'y'), edge('y', 'x'), edge('y', 'after'), edge('after', 'x')]
  expect([...backEdges({ direction: 'down', nodes, edges })].sort()).toEqual(['after-x', 'y-x'])
})
