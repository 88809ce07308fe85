import { openSession } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import { expect, test } from 'vitest'
import { toolLoop } from './agents.ts'

test('two sessions never mix, though they run at the same time on one machine', async () => {
  // The model echoes every user message that it was shown.
  const model = scriptedModel((request) => ({
    text: request.messages
      .flatMap(({ role, content }) => (role === 'user' && typeof content === 'string' ? [content] : []))
      .join('|'),
  }))
  const names = ['red', 'blue', 'green']
  const sessions = await Promise.all(names.map((id) => openSession(toolLoop, { id, client: model.client })))
  for (const round of [1, 2, 3]) {
    const results = await Promise.all(sessions.map((session) => session.send(`${session.id}${round}`).result))
    for (const [index, name] of names.entries()) {
      expect(results[index]?.text).toBe(Array.from({ length: round }, (_, turn) => `${name}${turn + 1}`).join('|'))
    }
  }
  for (const session of sessions) {
    expect(session.trace().every(({ traceId }) => traceId.startsWith(`${session.id}/`))).toBe(true)
    await session.stop()
  }
})
