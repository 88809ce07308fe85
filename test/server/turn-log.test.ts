import { Writable } from 'node:stream'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { Agent } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import chat from '../../machines/chat/agent.ts'
import { startServing } from './serving.ts'

test('each turn is one line of the log, with numbers and without what was said', async () => {
  const lines: Record<string, unknown>[] = []
  const sink = new Writable({
    write(line: Buffer, _encoding, done) {
      lines.push(JSON.parse(line.toString()) as Record<string, unknown>)
      done()
    },
  })
  const { client } = scriptedModel(['the answer', { status: 400, message: 'no such model' }])
  const keys = [{ tenant: 'acme', key: 'acme-key-0123456789' }]
  const headers = { authorization: 'Bearer acme-key-0123456789' }
  const { call } = await startServing({
    agents: [chat as unknown as Agent],
    keys,
    log: pino(sink),
    poolOptions: { client },
  })
  await call('POST', '/sessions', { id: 'ada' }, headers)
  for (const content of ['my password is swordfish', 'again'])
    await call('POST', '/sessions/ada/messages', { content }, headers)
  expect(lines).toMatchObject([
    {
      msg: 'turn',
      level: 30,
      sessionId: 'acme.ada',
      traceId: 'acme.ada/0.1',
      agent: 'chat',
      tenant: 'acme',
      status: 'completed',
      modelCalls: 1,
    },
    { msg: 'turn', level: 40, status: 'failed', error: { node: 'llm' } },
  ])
  expect(lines.map(({ ms, waitedMs, tokens }) => [ms, waitedMs, tokens].map((each) => typeof each))).toEqual([
    ['number', 'number', 'number'],
    ['number', 'number', 'number'],
  ])
  expect(JSON.stringify(lines)).not.toMatch(/swordfish|the answer|acme-key/)
})
