import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hashedEmbedder } from '../../src/retrieval/hashed-embedder.ts'
import { openIndex } from '../../src/retrieval/open-index.ts'
import type { StoredIndex } from '../../src/retrieval/stored-index.ts'
import { temporaryFolder } from '../store/conformance.ts'
import { assistant, call, memoryTalk, result } from './memory-talk.ts'

describe('recall', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let index: StoredIndex
  beforeEach(async () => {
    folder = await temporaryFolder()
    index = openIndex(`sqlite:${folder.path('troupe.db')}`, { name: 'memory' })
  })
  afterEach(async () => {
    await index.close()
    await folder.remove()
  })

  const chat = async (talk: ReturnType<typeof memoryTalk>, texts: readonly string[]): Promise<void> => {
    for (const text of texts) {
      await talk.ask(text)
      talk.add(assistant(`I see: ${text.length} letters`))
    }
  }
  const facts = [
    'My dog is called Rex.',
    'I live in Lisbon.',
    'The red bicycle was stolen.',
    'Tea is better than coffee.',
  ]

  test('an older message that fits the input is shown again, before the newest ones', async () => {
    const talk = memoryTalk({ window: 3, recall: { index, limit: 1 } })
    await chat(talk, facts)
    const data = await talk.ask('What is my dog called?')
    expect(data.recall).toBe(1)
    expect(talk.texts(data)).toEqual([
      'From earlier in this conversation, which is no longer shown:\n- user: My dog is called Rex.',
      'Tea is better than coffee.',
      'I see: 26 letters',
      'What is my dog called?',
    ])
  })

  test('where nothing fits, and for what is shown anyway, nothing is recalled', async () => {
    const talk = memoryTalk({ window: 3, recall: { index } })
    await chat(talk, facts)
    const data = await talk.ask('Zygomorphic quux?')
    expect(data).not.toHaveProperty('recall')
    const tea = await talk.ask('Is tea better than coffee?')
    expect(talk.texts(tea).filter((text) => text.includes('Tea is better'))).toHaveLength(1)
  })

  test('calls and results are never recalled', async () => {
    const talk = memoryTalk({ window: 1, recall: { index } })
    await talk.ask('Look.')
    talk.add(call('a'), result('a', 'secret treasure'))
    await talk.ask('Next.')
    expect(await talk.ask('Where is the secret treasure?')).not.toHaveProperty('recall')
  })

  test('what another session said, or a branch that was left, is not recalled', async () => {
    const talk = memoryTalk({ window: 3, recall: { index } })
    await chat(talk, facts)
    await index.put('other/memory', [{ source: '0.0', hash: '', chunks: [{ text: 'user: My dog is called Bello.' }] }])
    await index.put('session/memory', [
      { source: '0.900', hash: '', chunks: [{ text: 'user: My dog is called Bello.' }] },
      { source: '7.1', hash: '', chunks: [{ text: 'user: My dog is called Bello.' }] },
    ])
    const texts = talk.texts(await talk.ask('What is my dog called?')).join('\n')
    expect(texts).toContain('Rex')
    expect(texts).not.toContain('Bello')
  })

  test('an index or embedder that fails never fails the turn, and what fell out meanwhile is kept later', async () => {
    let broken = false
    const hashed = hashedEmbedder()
    const flaky = openIndex(`sqlite:${folder.path('troupe.db')}`, {
      name: 'flaky',
      embedder: {
        ...hashed,
        embed: (texts) => (broken ? Promise.reject(new Error('down')) : hashed.embed(texts)),
      },
    })
    const talk = memoryTalk({ window: 3, recall: { index: flaky } })
    await chat(talk, facts.slice(0, 2))
    broken = true
    await talk.ask('One more thing.')
    expect(await talk.ask('What is my dog called?')).toMatchObject({ recall: 'failed' })
    broken = false
    await chat(talk, ['Fine.', 'Good.', 'Well.'])
    const texts = talk.texts(await talk.ask('Do I live in Lisbon?')).join('\n')
    expect(texts).toContain('I live in Lisbon.')
    await flaky.close()
  })

  test('with a limit of tokens, what is recalled counts', async () => {
    const talk = memoryTalk({ window: 3, maxTokens: 40, recall: { index } })
    await chat(talk, [`My dog is called Rex ${'and he is good '.repeat(40)}`, ...facts.slice(1)])
    const data = await talk.ask('What is my dog called?')
    expect(talk.texts(data).join(' ')).not.toContain('Rex')
    expect(data).not.toHaveProperty('recall')
  })
})
