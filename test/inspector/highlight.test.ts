import { expect, test } from 'vitest'
import { highlightOf } from '../../inspector/src/statechart/highlight.ts'
import { readMachine } from '../../inspector/src/statechart/read-machine.ts'
import type { EventRecord } from '../../src/inspect/protocol.ts'
import { openRefundDesk, openStage } from './stage.ts'
import { readFrames } from './read-frames.ts'

test('a running session shows its active states, the transition that fired, and the guards that were tried', async () => {
  const stage = await openStage()
  try {
    const session = await openRefundDesk(stage)
    await session.send('Please refund 20 euros of order A-17').result
    const { machine, state, records } = await readFrames(stage.server.url, session.id)
    const chart = readMachine(machine.definition as object)
    const record = records.find((each): each is EventRecord => each.kind === 'event' && each.type === 'tool_call')
    const { active, fired, guards, possible } = highlightOf(chart, state, record)
    expect([...active]).toEqual(['refund_desk', 'refund_desk.awaitingApproval'])
    expect([...fired]).toEqual(['refund_desk|llm.tool_call|0'])
    expect([...guards]).toEqual([['refund_desk|llm.tool_call|0', true]])
    expect(possible).toContain('refund_desk.awaitingApproval|input.approve|0')
  } finally {
    await stage.stop()
  }
})
