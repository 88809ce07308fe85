import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { wordAgent } from '../agents.ts'
import { feedUrl, handshake, startLooking, token } from './looking.ts'

const acme = 'acme-key-0123456789'
const globex = 'globex-key-0123456789'
const keys = [
  { tenant: 'acme', key: acme },
  { tenant: 'globex', key: globex },
]
const as = (key: string) => ({ authorization: `Bearer ${key}` })

test("another tenant's session is invisible: not in the list, not to be subscribed, read or acted on", async () => {
  const { url, call, connect, server } = await startLooking({ agents: [wordAgent()], keys })
  expect(server.inspectorUrl).toBe(`${url}/inspector/`)
  expect(await handshake(feedUrl(url, token))).toBe(401)
  await call('POST', '/sessions', { id: 'ada' }, as(acme))
  await call('POST', '/sessions', { id: 'bob' }, as(globex))
  const reader = await connect(globex)
  const { sessions, total } = await reader.ask({ type: 'sessions' })
  expect([sessions.map(({ id }) => id), total]).toEqual([['bob'], 1])
  for (const session of ['ada', 'acme.ada', 'globex.bob', '../acme.ada']) {
    await expect(reader.subscribe(session)).rejects.toThrow(`There is no session '${session}'`)
    for (const frame of [
      { type: 'messages', session },
      { type: 'history', session, before: 100 },
      { type: 'detail', session, seq: 1 },
      { type: 'act', session, act: { kind: 'send', content: 'x' } },
      { type: 'act', session, act: { kind: 'stop' } },
    ] as const)
      await expect(reader.ask(frame)).rejects.toMatchObject({ code: 'session_unknown' })
  }
  await call('POST', '/sessions/ada/messages', { content: 'secret of acme' }, as(acme))
  await call('POST', '/sessions/bob/messages', { content: 'done' }, as(globex))
  await reader.until(({ frames }) => frames.some(({ type }) => type === 'sessions_changed'))
  expect(reader.texts.join('\n')).not.toMatch(/"acme\.|secret of acme/)
})

test('no frame shows how sessions of a tenant are stored, and ids that were shown can be used', async () => {
  const { call, connect } = await startLooking({ agents: [wordAgent()], keys })
  for (const id of ['ada', 'eve', 'ida']) await call('POST', '/sessions', { id }, as(acme))
  const reader = await connect(acme)
  const first = await reader.ask({ type: 'sessions', limit: 2 })
  const second = await reader.ask({ type: 'sessions', limit: 2, after: first.next ?? '' })
  expect([...first.sessions, ...second.sessions].map(({ id }) => id)).toEqual(['ida', 'eve', 'ada'])
  const { session } = await reader.subscribe('ada')
  expect(session.id).toBe('ada')
  const sent = await reader.ask({ type: 'act', session: 'ada', act: { kind: 'send', content: 'one two' } })
  expect(sent.traceId).toBe('ada/0.1')
  await reader.until((each) => each.records('ada').some(({ kind }) => kind === 'turn'))
  await reader.until((each) => each.state('ada').activity === 'idle' && each.state('ada').turns.length === 1)
  await reader.ask({ type: 'history', session: 'ada', before: 100 })
  await reader.ask({ type: 'messages', session: 'ada' })
  await reader.ask({ type: 'act', session: 'ada', act: { kind: 'cancel', traceId: sent.traceId ?? '' } })
  expect(reader.texts.join('\n')).not.toContain('acme.')
})

test('an official receiver of a tenant is sent its own sessions only', async () => {
  const { url, call } = await startLooking({ agents: [wordAgent()], keys })
  await call('POST', '/sessions', { id: 'ada' }, as(acme))
  await call('POST', '/sessions', { id: 'bob' }, as(globex))
  const socket = new WebSocket(feedUrl(url, globex, '/inspect/stately'))
  const texts: string[] = []
  await new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      texts.push(String(data as Buffer))
      if (texts.at(-1)?.includes('globex.bob')) resolve()
    })
  })
  expect(texts.join('\n')).not.toContain('ada')
  socket.terminate()
})
