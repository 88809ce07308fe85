import { expect, test } from 'vitest'
import { allTransitions } from '../../inspector/src/statechart/highlight.ts'
import { readMachine, transitionId } from '../../inspector/src/statechart/read-machine.ts'
import { refundDesk } from '../../machines/refund-desk/agent.ts'
import { memoryLedger } from '../../machines/refund-desk/ledger.ts'
import { openRefundDesk, openStage } from './stage.ts'
import { readFrames } from './read-frames.ts'

const read = (config: unknown) => readMachine(JSON.parse(JSON.stringify(config)) as object)

test('a definition gives its states, their kinds, and transitions with what triggers, guards and follows', () => {
  const { root, transitions } = read(refundDesk(memoryLedger()).machine.config)
  expect(root).toMatchObject({ id: 'refund_desk', kind: 'compound', initial: 'refund_desk.chatting' })
  expect(root.states.map(({ key }) => key)).toEqual(['chatting', 'awaitingApproval', 'expired'])
  expect(transitions).toContainEqual({
    id: 'refund_desk|llm.tool_call|0',
    source: 'refund_desk',
    targets: ['refund_desk.awaitingApproval'],
    event: 'llm.tool_call',
    label: 'llm.tool_call',
    guard: 'calls refund',
    actions: ['hold tools, refund'],
  })
  const labels = transitions.map(({ label }) => label)
  expect(labels).toContain('after approvalTimeout')
  expect(labels).toContain('always')
})

test('what a definition of an official sender holds is read too: final, history, delays in milliseconds, functions by name', () => {
  const { root, transitions } = read({
    id: 'light',
    initial: 'red',
    states: {
      red: { after: { 60000: 'green' }, exit: { type: 'log' } },
      green: { on: { STOP: { target: 'off', guard: { type: 'late' } } } },
      off: { type: 'final' },
      back: { type: 'history' },
    },
  })
  expect(root.states.map(({ kind }) => kind)).toEqual(['atomic', 'atomic', 'final', 'history'])
  expect(root.states[0]?.exit).toEqual(['log'])
  expect(transitions.map(({ label, guard }) => [label, guard])).toEqual([
    ['after 1 min', undefined],
    ['STOP', 'late'],
  ])
})

test('the transitions that a running session reports are among those that are drawn', async () => {
  const stage = await openStage()
  try {
    const session = await openRefundDesk(stage)
    await session.send('Please refund 20 euros of order A-17').result
    const { machine, records } = await readFrames(stage.server.url, session.id)
    const drawn = new Set(allTransitions(readMachine(machine.definition as object)).map(({ id }) => id))
    const fired = records.flatMap((record) => (record.kind === 'event' ? (record.fired ?? []) : []))
    expect(fired.length).toBeGreaterThan(2)
    for (const { source, event, index } of fired) expect(drawn).toContain(transitionId(source, event, index))
  } finally {
    await stage.stop()
  }
})
