import { describe, expect, test } from 'vitest'
import { modelClient } from '../../src/model/client.ts'
import { loadTokenCounter } from '../../src/model/count-tokens.ts'
import { scriptedModel, type Script } from '../../src/testing/index.ts'
import { assistant, call, memoryTalk, result, user } from './memory-talk.ts'

const messages = [
  user('I am Ada.'),
  assistant('Hello Ada.'),
  call('a'),
  result('a'),
  assistant('Done.'),
  user('Thanks.'),
]
const talkWith = (script: Script, options: object = {}) => {
  const model = scriptedModel(script)
  const services = { client: model.client, model: 'm' }
  return { model, talk: memoryTalk({ window: 6, summary: true, ...options }, { messages, services }) }
}

describe('a running summary', () => {
  test('is made of the older half when the window is full, and stands before the rest', async () => {
    const { model, talk } = talkWith(['The user is Ada.'])
    const data = await talk.ask('What is new?')
    expect(data).toMatchObject({ summary: 'renewed', trimmed: { messages: 4 } })
    expect(talk.texts(data)).toEqual([
      'Notes of the earlier conversation, which is no longer shown:\nThe user is Ada.',
      'Done.',
      'Thanks.',
      'What is new?',
    ])
    const asked = JSON.stringify(model.requests[0]?.messages)
    for (const part of ['user: I am Ada.', 'assistant: Hello Ada.', 'calls find', 'tool: found'])
      expect(asked).toContain(part)
    expect(asked).not.toContain('Thanks.')
    expect(talk.runtime.usage.calls).toBe(1)
    expect(talk.runtime.messages).toHaveLength(messages.length + 1)
  })

  test('is kept for the turns that need none, then made anew from itself and what fell out', async () => {
    const { model, talk } = talkWith(['The user is Ada.', 'Ada asked for news.'])
    await talk.ask('What is new?')
    talk.add(assistant('Nothing.'))
    const second = await talk.ask('Really?')
    expect(second).not.toHaveProperty('summary')
    expect(talk.texts(second)).toHaveLength(6)
    talk.add(assistant('Yes.'))
    const third = await talk.ask('Sure?')
    expect(third.summary).toBe('renewed')
    expect(talk.texts(third)).toEqual([expect.stringContaining('Ada asked for news.'), 'Really?', 'Yes.', 'Sure?'])
    const asked = JSON.stringify(model.requests[1]?.messages)
    for (const part of ['The user is Ada.', 'Done.', 'Thanks.', 'What is new?', 'Nothing.'])
      expect(asked).toContain(part)
    model.assertComplete()
  })

  test('that fails leaves the turn with what fits, and the next turn tries again with all that fell out', async () => {
    const { model, talk } = talkWith([{ status: 400 }, '  ', 'The user is Ada.'])
    const first = await talk.ask('What is new?')
    expect(first).toMatchObject({ summary: 'failed', trimmed: { messages: 1 } })
    expect(talk.texts(first)).toEqual(['Hello Ada.', '', 'found', 'Done.', 'Thanks.', 'What is new?'])
    expect(await talk.ask('And now?')).toMatchObject({ summary: 'failed' })
    const third = await talk.ask('Well?')
    expect(third.summary).toBe('renewed')
    expect(JSON.stringify(model.requests[2]?.messages)).toContain('I am Ada.')
  })

  test('that is too long is cut to its tokens, and the whole stays within the limit', async () => {
    const { talk } = talkWith(['word '.repeat(2_000)], { maxTokens: 200 })
    talk.add(assistant('long '.repeat(120)))
    const data = await talk.ask('What is new?')
    expect(data.summary).toBe('renewed')
    expect(talk.texts(data)[0]).toMatch(/^Notes .*…$/s)
    const count = await loadTokenCounter()
    expect(talk.shown(data).reduce((sum, message) => sum + count(message), 0)).toBeLessThanOrEqual(200)
  })

  test('is not made by the offline stand-in, which cannot', async () => {
    const services = { client: modelClient({ environment: {} }) }
    const talk = memoryTalk({ window: 6, summary: true }, { messages, services })
    const data = await talk.ask('What is new?')
    expect(data).not.toHaveProperty('summary')
    expect(talk.texts(data).at(-1)).toBe('What is new?')
  })
})
