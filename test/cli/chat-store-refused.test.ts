import { expect, test } from 'vitest'
import { openStore, type Agent } from 'troupe'
import assistant from '../../machines/assistant/agent.ts'
import chat from '../../machines/chat/agent.ts'
import { openChatSession } from '../../src/cli/chat-session.ts'
import { TurnBlocks } from '../../src/cli/turn-blocks.ts'
import { runTroupe } from './run-troupe.ts'
import { pathOf, storeSession, urlOf } from './temporary-store.ts'

async function refusalOf(agent: unknown, store: string, session?: string): Promise<string> {
  const opening = openChatSession(agent as Agent, 'machines/chat', { store, session }, new TurnBlocks())
  return opening.then(
    () => 'opened',
    (error: Error) => error.message,
  )
}

test.concurrent('a file that another process has, by the name of that', async () => {
  const url = urlOf('owned.db')
  const store = await openStore(url)
  const { code, stdout, stderr } = await runTroupe(['chat', 'machines/chat', '--store', url])
  await store.close()
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  const owner = process.platform === 'linux' ? `process ${process.pid} (` : 'another process'
  expect(stderr.startsWith(`error: ${pathOf('owned.db')} is in use by ${owner}`)).toBe(true)
  expect(stderr).toMatch(/'sessions ls', 'sessions show' and 'sessions export' work beside it\.\n$/)
})

test.concurrent('a checkpoint that cannot be read, which is left as it is', async () => {
  const url = urlOf('torn.db')
  const store = await openStore(url)
  await store.checkpoints.save('torn', '{"format":1')
  await store.close()
  const { code, stderr } = await runTroupe(['chat', 'machines/chat', '--store', url, '--session', 'torn'])
  expect(code).toBe(1)
  expect(stderr).toMatch(/^error: The checkpoint of session 'torn' cannot be read: it is torn: [^\n]*\n$/)
  expect(stderr).toContain(`(node bin/troupe.js sessions rm torn --store ${url})`)
})

test('a session of another agent, with what differs', async () => {
  const url = urlOf('other.db')
  await storeSession(url, chat, 'mine', { messages: ['Hi'], answers: ['Hello.'] })
  expect(await refusalOf(assistant, url, 'mine')).toBe(
    "Session 'mine' does not fit the agent:\n  - it is a session of agent 'chat', not of 'assistant'\n" +
      'Open it with the agent that it was made with, or give the agent a higher version and a migration.',
  )
  // Nobody holds the store after that.
  await (await openStore(url)).close()
})

test('a URL that names no store', async () => {
  expect(await refusalOf(chat, 'mysql://db')).toMatch(
    /^'mysql:\/\/db' is no store: there is no scheme 'mysql:'\. Known are memory: \| sqlite:FILE/,
  )
  expect(await refusalOf(chat, 'my.db')).toBe("'my.db' is no store. For a SQLite file write --store sqlite:my.db")
})
