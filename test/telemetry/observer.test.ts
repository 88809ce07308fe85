import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { expect, test } from 'vitest'
import type { ModelCallReport, ToolCallReport } from '../../src/core/call-observer.ts'
import { manualClock } from '../setup/manual-clock.ts'
import { adder } from './agents.ts'

test('an observer is told of each call, whether it failed and what it took', async () => {
  const clock = manualClock()
  const models: ModelCallReport[] = []
  const tools: ToolCallReport[] = []
  const observer = {
    modelCall: (report: ModelCallReport) => models.push(report),
    toolCall: (report: ToolCallReport) => tools.push(report),
  }
  const calls = ['add', 'fails', 'made_up'].map((name) => ({ name, args: { a: 1, b: 2 } }))
  const { client } = scriptedModel([{ toolCalls: calls, usage: { input: 5, output: 7 } }, { status: 500 }])
  await using session = await openSession(adder, { client, observer, clock })
  await session.send('1 + 2?').result

  expect(tools.toSorted((a, b) => String(a.tool).localeCompare(String(b.tool)))).toEqual([
    { tool: 'add', isError: false, took: 0 },
    { tool: 'fails', isError: true, took: 0 },
    { tool: null, isError: true, took: 0 },
  ])
  expect(models).toMatchObject([
    { model: 'small', error: null, usage: { inputTokens: 5, outputTokens: 7 } },
    { model: 'small', error: 'model_server_error', usage: null },
  ])
})
