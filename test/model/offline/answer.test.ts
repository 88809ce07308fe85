import { expect, it } from 'vitest'
import { askOffline, conversation } from './ask-offline.ts'

const line = '(Offline stand-in: no model is connected.)\n'

it('says in the first line of a conversation that it is a stand-in, and only there', async () => {
  expect((await askOffline('Hello')).text.startsWith(line)).toBe(true)
  expect((await askOffline(conversation('Hello', 'Hi', 'Hello'))).text).not.toContain(line)
})

it('admits that it cannot think, and says how to connect a model', async () => {
  const { text } = await askOffline('Write a poem about the sea')
  expect(text).toContain('You wrote: "Write a poem about the sea"')
  expect(text).toContain('cannot think')
  for (const word of ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'Ollama', 'TROUPE_MODEL']) expect(text).toContain(word)
})

it('says so in Chinese where it is asked in Chinese', async () => {
  expect((await askOffline('写一首诗')).text).toContain('不会思考')
})

it('quotes the sentence of the documents that fits, with its source', async () => {
  const documents = [
    'Documents found for the next message.',
    '1. [policy.md]\n# Refunds\nRefunds are paid within\nfive days. Shipping is not refunded.',
    '2. [shop.md]\nThe shop opens at nine. We sell boats.',
  ].join('\n\n')
  const ask = (question: string) =>
    askOffline([
      { role: 'system', content: 'You are helpful.' },
      { role: 'system', content: documents },
      { role: 'user', content: question },
    ])
  expect((await ask('When does the shop open?')).text).toBe(
    `${line}The documents say: "The shop opens at nine." [shop.md]`,
  )
  expect((await ask('How many days until refunds are paid?')).text).toContain(
    '"Refunds are paid within five days." [policy.md]',
  )
  expect((await ask('Who wrote Hamlet?')).text).not.toContain('The documents say')
})

it('answers a message of content parts', async () => {
  const { text } = await askOffline([{ role: 'user', content: [{ type: 'text', text: 'Hello parts' }] }])
  expect(text).toContain('Hello parts')
})

it('gives the same answer to the same request', async () => {
  expect(await askOffline('Hello')).toEqual(await askOffline('Hello'))
})
