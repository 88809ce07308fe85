import { expect, test } from 'vitest'
import { defineAgent } from '../../src/agent/define-agent.ts'
import { defineNode } from '../../src/agent/define-node.ts'
import { ChunkData, UserInput } from '../../src/core/payloads.ts'
import { openSession } from '../../src/session/open.ts'

test('a handler can say that what it has streamed is void; whoever follows the stream is told', async () => {
  const source = defineNode({
    input: UserInput,
    emits: { piece: ChunkData },
    transient: ['piece'],
    run(_event, runtime) {
      runtime.emit('piece', { text: 'wrong', attempt: runtime.attempt })
      runtime.reset('piece')
      runtime.emit('piece', { text: 'right', attempt: runtime.attempt })
      expect(() => runtime.reset('other' as never)).toThrow(expect.objectContaining({ code: 'invalid_emit' }))
    },
  })
  const seen: string[] = []
  const sink = defineNode({
    input: ChunkData,
    emits: {},
    takesResets: true,
    run: (event) => void seen.push(event.type),
  })
  const agent = defineAgent({
    id: 'resets',
    version: 1,
    nodes: { source, sink },
    edges: [
      { from: 'input', on: 'user_input', to: 'source' },
      { from: 'source', on: 'piece', to: ['output', 'sink'] },
    ],
  })
  await using session = await openSession(agent)
  const turn = session.send('go')
  const events: [string, unknown][] = []
  for await (const { type, data } of turn) events.push([type, data])
  expect(events).toEqual([
    ['piece', { text: 'wrong', attempt: 1 }],
    ['piece_reset', { attempt: 1 }],
    ['piece', { text: 'right', attempt: 1 }],
  ])
  await turn.result
  expect(seen).toEqual(['piece', 'piece_reset', 'piece'])
})
