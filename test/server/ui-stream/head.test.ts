import { hold } from 'troupe/testing'
import { Metrics } from 'troupe/server'
import { expect, test } from 'vitest'
import { startChat } from './chat.ts'

test('asking for the head of a stream leaves none open', async () => {
  const gate = hold()
  const metrics = new Metrics()
  const { call, send } = await startChat([{ text: ['Hel', gate, 'lo.'] }], undefined, { metrics })
  const chat = await send('Hi')
  await gate.reached
  const { status, headers } = await call('HEAD', '/agents/open/ui/chat1/stream')
  expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream'])
  expect(await metrics.text()).toContain('troupe_streams_open 1')
  gate.release()
  await chat.cancel()
})
