import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../setup/engine.ts'
import { deskAgent, echoAgent } from './example.ts'
import { lookedAt } from './looked-at.ts'

test('the list is newest first, searched by id, agent and title, page by page, and kept up to date', async () => {
  const { inspector, connect } = await lookedAt()
  const sessions = [
    await openSession(echoAgent(), { id: 'one', inspector }),
    await openSession(echoAgent(), { id: 'two', inspector }),
    await openSession(deskAgent(), { id: 'three', inspector }),
  ]
  onTestFinished(async () => void (await Promise.all(sessions.map((session) => session.stop()))))
  await sessions[0]?.send('about Kettles').result
  const reader = await connect()
  const ids = async (search: string): Promise<string[]> =>
    (await reader.ask({ type: 'sessions', search })).sessions.map(({ id }) => id)
  expect(await ids('')).toEqual(['three', 'two', 'one'])
  expect(await ids('DESK')).toEqual(['three'])
  expect(await ids('kettle')).toEqual(['one'])
  const first = await reader.ask({ type: 'sessions', limit: 2 })
  expect(first).toMatchObject({ total: 3, next: 'two' })
  const rest = await reader.ask({ type: 'sessions', limit: 2, after: first.next ?? '' })
  expect(rest).toMatchObject({ sessions: [{ id: 'one' }], next: null })

  await sessions[1]?.send('fail').result
  const changed = (): unknown =>
    reader.frames
      .flatMap((frame) => (frame.type === 'sessions_changed' ? frame.sessions : []))
      .findLast(({ id }) => id === 'two')
  await reader.until(() => (changed() as { failures?: number } | undefined)?.failures === 1)
  expect(changed()).toMatchObject({ title: 'fail', activity: 'idle', turns: 1 })
})
