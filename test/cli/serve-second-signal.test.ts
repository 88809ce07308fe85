import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import './run-troupe.ts'
import { startServe } from './serve-process.ts'

const stuck = fileURLToPath(new URL('restorable-agent.ts', import.meta.url))

test('a second signal ends the server at once, whichever of the two it is', async () => {
  const { url, child, ended } = await startServe([stuck, '--store', 'memory:'])
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream' }
  await fetch(`${url}/sessions`, { method: 'POST', headers, body: '{"id":"ada"}' })
  // Its head comes when the message is stored; then the turn is at work.
  const stream = await fetch(`${url}/sessions/ada/messages`, { method: 'POST', headers, body: '{"content":"Hi"}' })
  expect(stream.status).toBe(200)
  child.kill('SIGTERM')
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  expect(await ended).toBe(130)
})
