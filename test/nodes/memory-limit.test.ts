import fc from 'fast-check'
import { expect, test } from 'vitest'
import { missingResult, type Message } from '../../src/core/messages.ts'
import { loadTokenCounter } from '../../src/model/count-tokens.ts'
import { scriptedModel } from '../../src/testing/index.ts'
import { assistant, call, memoryTalk, result, user } from './memory-talk.ts'

const text = fc.oneof(
  fc.lorem({ maxCount: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom('退款需要五个工作日。', '<|endoftext|>', 'a'.repeat(200), ''),
)
// Few ids, as models use them again; a call may lack its result, and a result its call.
const id = fc.constantFrom('a', 'b', 'c')
const message: fc.Arbitrary<Message> = fc.oneof(
  text.map(user),
  text.map(assistant),
  fc.uniqueArray(id, { minLength: 1 }).map((ids) => call(...ids)),
  fc.tuple(id, text).map(([callId, content]) => result(callId, content)),
  fc.constant<Message>({ role: 'system', content: 'Be brief and kind.' }),
  fc.constant<Message>({
    role: 'user',
    content: [
      { type: 'text', text: 'Look' },
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
    ],
  }),
)
const policies = fc.record({
  window: fc.integer({ min: 1, max: 12 }),
  maxTokens: fc.integer({ min: 1, max: 1_200 }),
  pins: fc.constantFrom(undefined, { first: true, system: true, where: ({ role }: Message) => role === 'user' }),
  summary: fc.constantFrom(undefined, true as const),
})

test('the limit of tokens is never exceeded but by the input alone, whatever was said and whatever the policies', async () => {
  const count = await loadTokenCounter()
  await fc.assert(
    fc.asyncProperty(
      policies,
      fc.array(fc.array(message, { maxLength: 6 }), { maxLength: 6 }),
      async (options, turns) => {
        const { window, maxTokens, pins, summary } = options
        const { client } = scriptedModel(() => 'The user said many things, and wants all of them soon. '.repeat(3))
        const talk = memoryTalk(
          { window, maxTokens, ...(pins ? { pins } : {}), ...(summary ? { summary } : {}) },
          { services: { client, model: 'm' } },
        )
        for (const added of turns) {
          const data = await talk.ask('What now?')
          const shown = talk.shown(data)
          expect(shown.at(-1)).toEqual(user('What now?'))
          const tokens = shown.reduce((sum, each) => sum + count(each), 0)
          if (shown.length > 1) expect(tokens).toBeLessThanOrEqual(maxTokens)
          expect(new Set(data.window.ids).size).toBe(data.window.ids.length)
          talk.add(...added)
        }
      },
    ),
    { numRuns: 150 },
  )
}, 60_000)

test('a call in the window has its own result, and no result is without its call', async () => {
  await fc.assert(
    fc.asyncProperty(
      policies,
      fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 30 }),
      async (options, rounds) => {
        const { window, maxTokens } = options
        const talk = memoryTalk({ window, maxTokens })
        let number = 0
        for (const results of rounds) {
          const data = await talk.ask('What now?')
          const shown = talk.shown(data)
          const answers = shown.filter((each) => each.role === 'tool')
          expect(answers.every(({ content }) => content !== missingResult)).toBe(true)
          const calls = shown.flatMap((each) => (each.role === 'assistant' ? (each.tool_calls ?? []) : []))
          expect(calls.map((each) => each.id)).toEqual(answers.map((each) => each.tool_call_id))
          const ids = Array.from({ length: results }, () => `call_${number++}`)
          talk.add(...(ids.length > 0 ? [call(...ids), ...ids.map((each) => result(each))] : []), assistant('So.'))
        }
      },
    ),
    { numRuns: 100 },
  )
}, 60_000)
