import { expect, test } from 'vitest'
import { wordAgent } from './agents.ts'
import { startServing } from './serving.ts'

test('JSON that is nested without end is refused and not a failure of the server', async () => {
  const { call, url } = await startServing({ agents: [wordAgent()] })
  await call('POST', '/sessions', { id: 'ada' })
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  const message = '"model":"solo","messages":[{"role":"user","content":"x"}]'
  for (const [path, body] of [
    ['/sessions/ada/signals', `{"type":"approve","data":${deep}}`],
    ['/sessions/ada/messages', `{"content":${deep}}`],
    ['/sessions', deep],
    ['/v1/chat/completions', `{${message},"response_format":{"type":${deep}}}`],
    [
      '/v1/chat/completions',
      `{${message},"tools":[{"type":"function","function":{"name":"a","parameters":{"a":${deep}}}}]}`,
    ],
  ] as const) {
    const answer = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const { error } = (await answer.json()) as { error: { code: string } }
    expect([path, answer.status, error.code]).toEqual([path, 400, 'invalid_request'])
  }
})
