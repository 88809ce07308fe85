import { expect, test } from 'vitest'
import { startChat } from './ui-stream/chat.ts'

test('what was said stays as it is, also where it looks like an id of the tenant', async () => {
  const key = 'acme-key-0123456789'
  const { call } = await startChat(['acme.ada'], undefined, { keys: [{ tenant: 'acme', key }] })
  const headers = { authorization: `Bearer ${key}` }
  await call('POST', '/sessions', { id: 'ada' }, headers)
  await call('POST', '/sessions/ada/messages', { content: 'acme.ada' }, headers)
  expect((await call('GET', '/sessions/ada/messages', undefined, headers)).body.messages).toMatchObject([
    { role: 'user', content: 'acme.ada' },
    { role: 'assistant', content: 'acme.ada' },
  ])
})
