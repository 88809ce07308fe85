import { expect, test } from 'vitest'
import { assistant, call, memoryTalk, result, user } from './memory-talk.ts'

const fill = async (talk: ReturnType<typeof memoryTalk>, turns: number) => {
  let data = await talk.ask('question 0')
  for (let turn = 1; turn <= turns; turn++) {
    talk.add(assistant(`answer ${turn - 1}`))
    data = await talk.ask(`question ${turn}`)
  }
  return talk.texts(data)
}

test('the first message of the user stays before the newest ones', async () => {
  const talk = memoryTalk({ window: 3, pins: { first: true } })
  expect(await fill(talk, 5)).toEqual(['question 0', 'question 4', 'answer 4', 'question 5'])
})

test('while a pinned message is in the window it is not shown twice', async () => {
  const talk = memoryTalk({ window: 3, pins: { first: true } })
  expect(await fill(talk, 1)).toEqual(['question 0', 'answer 0', 'question 1'])
})

test('system messages and those that a predicate names stay, calls and results never', async () => {
  const messages = [{ role: 'system' as const, content: 'Be kind.' }, user('I am Ada.'), call('a'), result('a', 'Ada!')]
  const where = ({ content }: { content: unknown }): boolean => /Ada/.test(`${content as string}`)
  const talk = memoryTalk({ window: 3, pins: { system: true, where } }, { messages })
  expect(await fill(talk, 4)).toEqual(['Be kind.', 'I am Ada.', 'question 3', 'answer 3', 'question 4'])
})

test('pins take at most half of the tokens, so that the newest messages have a place', async () => {
  const messages = [user('long '.repeat(60))]
  const talk = memoryTalk({ window: 20, maxTokens: 60, pins: { first: true } }, { messages })
  const texts = await fill(talk, 6)
  expect(texts[0]).not.toContain('long')
  expect(texts.length).toBeGreaterThan(5)
})

test('of many pinned messages the newest 16 stay', async () => {
  const talk = memoryTalk({ window: 1, pins: { where: ({ role }) => role === 'user' } })
  const texts = await fill(talk, 30)
  expect(texts).toEqual([...Array.from({ length: 16 }, (_, place) => `question ${place + 14}`), 'question 30'])
})
