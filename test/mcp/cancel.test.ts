import { expect, test, vi } from 'vitest'
import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { agentWith, call, openOwn } from './servers.ts'

test('cancelling the turn tells the server to stop', async () => {
  const { own, noted } = await openOwn()
  const model = scriptedModel([{ toolCalls: [{ name: 'own__wait', args: {} }] }])
  await using session = await openSession(agentWith(own), { client: model.client })
  const turn = session.send('Wait')
  await vi.waitFor(() => expect(noted()).toEqual(['wait']), { timeout: 10_000 })
  turn.cancel()
  expect(await turn.result).toMatchObject({ status: 'cancelled' })
  await vi.waitFor(() => expect(noted()).toEqual(['wait', 'told to stop']), { timeout: 10_000 })
  // The server and its connection are still good.
  expect(await call(own, 'own__pid')).toMatch(/^\d+$/)
})
