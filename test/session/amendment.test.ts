import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { defineAgent, defineNode, keyvStore, openSession, openStore, sqliteKeyv, textOf, z, type Message } from 'troupe'

/** Answers each input; one that begins with `!` puts the rest in place of the last answer instead. */
const parrot = defineNode({
  input: z.string(),
  emits: { said: z.object({ text: z.string(), shown: z.array(z.string()) }) },
  async run(event, runtime) {
    const before = await runtime.window()
    if (event.data.startsWith('!')) runtime.amend(before.ids.at(-1) as string, answer(event.data.slice(1)))
    else {
      runtime.append({ role: 'user', content: event.data })
      runtime.append(answer(`You said ${event.data}.`))
    }
    const shown = await runtime.messages(await runtime.window())
    runtime.emit('said', { text: '', shown: shown.map(({ content }) => textOf(content)) })
  },
})
const answer = (content: string): Message => ({ role: 'assistant', content })

const agent = defineAgent({
  id: 'parrot',
  version: 1,
  nodes: { parrot },
  edges: [
    { from: 'input', on: 'user_input', to: 'parrot', map: String },
    { from: 'parrot', on: 'said', to: 'output' },
  ],
})

let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'troupe-amendment-'))))
afterAll(() => rm(folder, { recursive: true }))

const stores = {
  sqlite: () => openStore(`sqlite:${join(folder, 'a.db')}`),
  keyv: async () => keyvStore({ adapter: await sqliteKeyv(join(folder, 'k.db')) }),
}

test.each(['sqlite', 'keyv'] as const)(
  'in %s an amendment stands in the place of what was said: at once, after a restore and in forks, and only from then on',
  async (kind) => {
    const store = await stores[kind]()
    const session = await openSession(agent, { id: 'a', store })
    const say = async (text: string): Promise<unknown> => {
      const turn = session.send(text)
      for await (const event of turn) return (event.data as { shown: string[] }).shown
      throw await turn.result
    }
    await say('one')
    // The handler that amends sees it, too.
    expect(await say('!You said o')).toEqual(['one', 'You said o'])
    // What was amended may be amended again, with other messages behind it.
    expect(await say('two')).toEqual(['one', 'You said o', 'two', 'You said two.'])
    expect(await say('!You')).toEqual(['one', 'You said o', 'two', 'You'])
    expect(await say('!Y')).toEqual(['one', 'You said o', 'two', 'Y'])
    const texts = async (of: { messages(): Promise<Message[]> }) => (await of.messages()).map(({ content }) => content)
    expect(await texts(session)).toEqual(['one', 'You said o', 'two', 'Y'])

    const forks = await Promise.all([session.fork({ id: 'now' }), session.fork({ id: 'then', at: '0.3' })])
    expect(await Promise.all(forks.map(texts))).toEqual([
      ['one', 'You said o', 'two', 'Y'],
      ['one', 'You said o', 'two', 'You said two.'],
    ])
    await Promise.all([session, ...forks].map((each) => each.stop()))

    const again = await openSession(agent, { id: 'a', store })
    expect(await texts(again)).toEqual(['one', 'You said o', 'two', 'Y'])
    await again.stop()
    // Nothing was rewritten.
    const [first, amendment] = await store.memory.get('a', ['0.1', '0.2'])
    expect(first?.message.content).toBe('You said one.')
    expect(amendment).toMatchObject({ amends: '0.1', message: { content: 'You said o' } })
    await store.close()
  },
)

test('only a recent message of the conversation can be amended', async () => {
  const stray = defineNode({
    input: z.string(),
    emits: { said: z.null() },
    run(_event, runtime) {
      runtime.amend('7.7', answer('?'))
    },
  })
  const session = await openSession(
    defineAgent({
      id: 'stray',
      version: 1,
      nodes: { stray },
      edges: [
        { from: 'input', on: 'user_input', to: 'stray', map: String },
        { from: 'stray', on: 'said', to: 'output' },
      ],
    }),
  )
  expect(await session.send('x').result).toMatchObject({ status: 'failed', error: { code: 'amendment' } })
  await session.stop()
})
