import { expect, test } from 'vitest'
import { assistant, memoryTalk } from './memory-talk.ts'

test('what falls out of the window is told in the turn in which it does, and only then', async () => {
  const talk = memoryTalk({ window: 3 })
  const trimmed: unknown[] = []
  for (const text of ['a', 'b', 'c']) {
    trimmed.push((await talk.ask(text)).trimmed)
    talk.add(assistant(`to ${text}`))
  }
  // Windows: a · a, to a, b · b, to b, c.
  expect(trimmed).toEqual([undefined, undefined, { messages: 2 }])
  talk.add(assistant('more'), assistant('and more'))
  expect((await talk.ask('d')).trimmed).toEqual({ messages: 4 })
})

test('with a limit of tokens, their number is told too', async () => {
  const talk = memoryTalk({ maxTokens: 20 })
  await talk.ask('one')
  talk.add(assistant('two'), assistant('three'))
  expect((await talk.ask('four')).trimmed).toBeUndefined()
  talk.add(assistant('five'))
  // Each has one token, and four for the message.
  expect((await talk.ask('six')).trimmed).toEqual({ messages: 2, tokens: 10 })
})

test('the state stays small however long the conversation is', async () => {
  const talk = memoryTalk({ window: 4, maxTokens: 100, pins: { first: true, where: () => true } })
  for (let turn = 0; turn < 120; turn++) {
    await talk.ask(`question ${turn}`)
    talk.add(assistant(`answer ${turn}`))
  }
  expect(JSON.stringify(talk.runtime.state).length).toBeLessThan(250)
})
