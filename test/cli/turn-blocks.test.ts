import { expect, test } from 'vitest'
import { TurnBlocks, type BlockView } from '../../src/cli/turn-blocks.ts'
import { noUsage } from '../../src/core/messages.ts'
import type { TurnStatus } from '../../src/core/turn.ts'
import type { Session } from '../../src/session/session.ts'

function openBlocks() {
  const listeners: Record<string, (value: never) => void> = {}
  const shown: string[] = []
  const view: BlockView = {
    began: (traceId) => shown.push(`began ${traceId}`),
    show: (happening) => shown.push(`${happening.kind} ${'traceId' in happening ? happening.traceId : ''}`),
    showLate: (happening) => shown.push(`late ${'traceId' in happening ? happening.traceId : ''}`),
    ended: ({ traceId, status }) => shown.push(`${status} ${traceId}`),
  }
  const blocks = new TurnBlocks()
  blocks.listen({ on: (type: string, listener: () => void) => (listeners[type] = listener) } as unknown as Session)
  blocks.showIn(view)
  return {
    blocks,
    shown,
    hop: (traceId: string) => listeners['trace']?.({ from: 'a', to: 'b', eventType: 'c', time: 0, traceId } as never),
    output: (traceId: string, transient?: true) => listeners['output']?.({ traceId, transient } as never),
    end: (traceId: string, status: TurnStatus = 'completed') =>
      listeners['turn']?.({
        traceId,
        status,
        text: '',
        usage: noUsage,
        pending: [],
        dropped: [],
        error: null,
      } as never),
  }
}

test('a turn that begins while another one has its block comes after it, as a whole and without what streamed', () => {
  const { blocks, shown, hop, output, end } = openBlocks()
  blocks.release('mine')
  hop('mine')
  hop('other')
  output('other', true)
  output('other')
  end('other')
  end('mine')
  expect(shown).toEqual(['hop mine', 'completed mine', 'began other', 'hop other', 'output other', 'completed other'])
})

test('what comes before the id of a turn is known belongs to its block', () => {
  const { blocks, shown, hop, end } = openBlocks()
  blocks.release()
  blocks.hold()
  hop('mine')
  end('mine', 'waiting')
  expect(shown).toEqual([])
  blocks.release('mine')
  expect(shown).toEqual(['hop mine', 'waiting mine'])
  hop('mine')
  expect(shown.slice(2)).toEqual(['began mine', 'hop mine'])
})

test('background work of a turn that has ended begins no block', () => {
  const { blocks, shown, hop, end } = openBlocks()
  blocks.release('mine')
  end('mine')
  hop('mine')
  expect(shown).toEqual(['completed mine', 'late mine'])
})
