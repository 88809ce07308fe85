import { expect, test } from 'vitest'
import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { agentWith, call, openOwn } from './servers.ts'

test('a call during which the server dies has an unknown outcome; the next call starts the server again', async () => {
  const { own, noted } = await openOwn()
  const before = await call(own, 'own__pid')
  const model = scriptedModel([
    { toolCalls: [{ id: 'c1', name: 'own__die', args: {} }] },
    { toolCalls: [{ id: 'c2', name: 'own__pid', args: {} }] },
    'It is back.',
  ])
  await using session = await openSession(agentWith(own), { client: model.client })
  expect(await session.send('Die').result).toMatchObject({ status: 'completed', text: 'It is back.' })
  const told = model.requests[2]?.messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
  expect(told).toEqual([
    "Error: 'own__die' failed: MCP server 'own': the connection was lost during the call, so its outcome is unknown: it may or may not have taken effect. Find out before calling it again.",
    expect.stringMatching(/^\d+$/),
  ])
  expect(told?.[1]).not.toBe(before)
  expect(noted()).toEqual(['die'])
})

test('a call of a tool that only reads is made once more', async () => {
  const { own, noted } = await openOwn()
  await expect(call(own, 'own__die_reading')).rejects.toMatchObject({ code: 'mcp_lost' })
  expect(noted()).toEqual(['die_reading', 'die_reading'])
})
