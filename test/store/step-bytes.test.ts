/**
 * What a step costs in bytes, which no load on the machine changes: turns with tool rounds, as an assistant has them,
 * in a real SQLite file.
 */
import { statSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { MessageWindow } from '../../src/core/messages.ts'
import type { Batch, Store } from '../../src/core/store.ts'
import { openStore } from '../../src/store/open-store.ts'
import { defineAgent, defineNode, openSession, textOf, type Agent } from '../setup/engine.ts'
import { temporaryFolder } from './conformance.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => void (folder = await temporaryFolder()))
afterAll(() => folder.remove())

const Windowed = z.object({ window: MessageWindow })
const rounds = 2
// Memory, the model once more than the tool.
const stepsPerTurn = 2 * rounds + 2

test(
  'a step hands less than 2 kB to the store and writes less than 6 kB, in a long conversation too',
  { timeout: 60_000 },
  async () => {
    const file = folder.path('steps.db')
    const store = await openStore(`sqlite:${file}`)
    let handed = 0
    const counting: Store = { ...store, write: (batch) => ((handed += bytesOf(batch)), store.write(batch)) }
    const session = await openSession(toolLoop(), { id: 'session-1', store: counting })
    const turns = async (count: number): Promise<{ handed: number; written: number }> => {
      const before = { handed, written: statSync(`${file}-wal`).size }
      for (let turn = 0; turn < count; turn++) await session.send('Please look that up.').result
      const steps = count * stepsPerTurn
      return {
        handed: (handed - before.handed) / steps,
        written: (statSync(`${file}-wal`).size - before.written) / steps,
      }
    }
    await turns(10)
    const early = await turns(10)
    await turns(180)
    const late = await turns(10)
    await session.stop()
    await store.close()
    expect(early.handed).toBeLessThan(2_000)
    expect(early.written).toBeLessThan(6_000)
    expect(late.handed / early.handed).toBeLessThan(1.1)
    expect(late.written / early.written).toBeLessThan(1.2)
  },
)

/** What SQLite is given: the ids that records share with their session are not stored. */
function bytesOf({ messages, events, checkpoint }: Batch): number {
  return JSON.stringify(messages).length + JSON.stringify(events).length + checkpoint.length
}

function toolLoop(): Agent {
  const extended = (window: MessageWindow, id: string): MessageWindow => ({ ...window, ids: [...window.ids, id] })
  let asked = 0
  const memory = defineNode({
    input: z.string(),
    emits: { memory_ready: Windowed },
    async run({ data }, runtime) {
      runtime.append({ role: 'user', content: data })
      runtime.emit('memory_ready', { window: await runtime.window() })
    },
  })
  const llm = defineNode({
    input: Windowed,
    emits: { tool_call: Windowed, llm_result: z.object({ text: z.string(), window: MessageWindow }) },
    run({ data: { window } }, runtime) {
      const next = extended(window, runtime.append({ role: 'assistant', content: 'All of it is there, as you asked.' }))
      if (asked++ % (rounds + 1) < rounds) runtime.emit('tool_call', { window: next })
      else runtime.emit('llm_result', { text: 'done', window: next })
    },
  })
  const tools = defineNode({
    input: Windowed,
    emits: { tool_result: Windowed },
    run({ data: { window } }, runtime) {
      const content = '{"id":"record-7","status":"ok","note":"a short but realistic tool answer of some 100 bytes"}'
      runtime.emit('tool_result', { window: extended(window, runtime.append({ role: 'user', content })) })
    },
  })
  return defineAgent({
    id: 'tool_loop',
    version: 1,
    nodes: { memory, llm, tools },
    edges: [
      { from: 'input', on: 'user_input', to: 'memory', map: textOf },
      { from: 'memory', on: 'memory_ready', to: 'llm' },
      { from: 'llm', on: 'tool_call', to: 'tools' },
      { from: 'tools', on: 'tool_result', to: 'llm' },
      { from: 'llm', on: 'llm_result', to: 'output' },
    ],
  }) as unknown as Agent
}
