import { expect, test } from 'vitest'
import { assistant, serveScript, sessionOf, user } from './client.ts'

const metadata = { session_id: 'ada' }

test('with a session id, only what is new enters the session', async () => {
  const { client, pool, model } = await serveScript([
    { text: 'Let me see.', toolCalls: [{ name: 'add', args: { a: 1, b: 2 } }] },
    'Three.',
    'Four.',
  ])
  const first = await client.chat.completions
    .create({ model: 'helper', messages: [user('1 + 2?')], metadata })
    .withResponse()
  expect(first.response.headers.get('x-troupe-session')).toBe('ada')
  expect(sessionOf(first.data)).toBe('ada')
  const said = first.data.choices[0]?.message.content ?? ''

  // A client trims, and does not know of the agent's own calls.
  const messages = [
    { role: 'system' as const, content: 'It is noon.' },
    user('1 + 2?'),
    assistant(` ${said}\n`),
    user('And one?'),
  ]
  const second = await client.chat.completions.create({ model: 'helper', messages, metadata })
  expect(sessionOf(second)).toBe('ada')
  expect(await pool.use('ada', (session) => session.messages())).toHaveLength(6)
  expect(model.requests[2]?.messages.map(({ role }) => role)).toEqual([
    'system',
    'user',
    'assistant',
    'tool',
    'assistant',
    'user',
  ])
})

test('a conversation that parts from the session goes on in a fork, and finds it again', async () => {
  const { client, pool } = await serveScript((request) => `Answer ${request.messages.length}.`)
  const ask = async (...messages: ReturnType<typeof user | typeof assistant>[]): Promise<string> => {
    const { data, response } = await client.chat.completions
      .create({ model: 'helper', messages, metadata })
      .withResponse()
    expect(data.choices[0]?.message.content).toBe(`Answer ${messages.length + 1}.`)
    return response.headers.get('x-troupe-session') ?? ''
  }
  expect(await ask(user('Hello'))).toBe('ada')
  const fork = await ask(user('Good day'))
  expect(fork).toMatch(/^ada-[0-9a-f]{12}$/)
  expect(await ask(user('Good day'), assistant('Answer 2.'), user('How are you?'))).toBe(fork)
  expect(await ask(user('Hello'), assistant('Answer 2.'), user('And you?'))).toBe('ada')
  expect((await pool.store.checkpoints.list()).toSorted()).toEqual(['ada', fork])
})

test('an answer that is asked for again is one of a fork; the session keeps its own', async () => {
  let count = 0
  const { client, pool } = await serveScript(() => `Answer ${++count}.`)
  const ask = () => client.chat.completions.create({ model: 'helper', messages: [user('Hello')], metadata })
  const [first, second, third] = [await ask(), await ask(), await ask()]
  expect([first, second, third].map(({ choices }) => choices[0]?.message.content)).toEqual([
    'Answer 1.',
    'Answer 2.',
    'Answer 3.',
  ])
  expect(new Set([first, second, third].map(sessionOf)).size).toBe(3)
  expect(await pool.use('ada', (session) => session.messages())).toEqual([user('Hello'), assistant('Answer 1.')])
})

test('the sessions of a tenant are its own', async () => {
  const keys = ['ann', 'bob'].map((tenant) => ({ tenant, key: `key-of-${tenant}-0123456789` }))
  const { client, pool } = await serveScript(() => 'Hello.', { keys })
  const ask = (apiKey: string) =>
    client.withOptions({ apiKey }).chat.completions.create({ model: 'helper', messages: [user('Hello')], metadata })
  for (const { key } of keys) expect(sessionOf(await ask(key))).toBe('ada')
  expect((await pool.store.checkpoints.list()).toSorted()).toEqual(['ann.ada', 'bob.ada'])
})
