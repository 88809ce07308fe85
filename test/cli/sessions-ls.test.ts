import { beforeAll, expect, test } from 'vitest'
import { openStore } from 'troupe'
import chat from '../../machines/chat/agent.ts'
import approvalDesk from './approval-desk.ts'
import { runTroupe } from './run-troupe.ts'
import { storeSession, urlOf } from './temporary-store.ts'

const url = urlOf('listed.db')

beforeAll(async () => {
  await storeSession(url, chat, 'a', { messages: ['Hi', 'Ho'], answers: ['Hello.', 'Hey.'] })
  await storeSession(url, approvalDesk, 'b', {
    messages: ['Refund order A-17'],
    answers: [{ toolCalls: [{ name: 'refund', args: { order: 'A-17' } }] }],
  })
  const store = await openStore(url)
  await store.checkpoints.save('c', 'torn')
  await store.close()
})

test.concurrent(
  'sessions are listed beside the process that owns the store, those that cannot be read among them',
  async () => {
    const owner = await openStore(url)
    const { code, stdout, stderr } = await runTroupe(['sessions', 'ls', '--store', url])
    await owner.close()
    expect(code).toBe(0)
    expect(stdout.replaceAll(/(?:just now|\d+ s ago) +/g, 'AGO ')).toMatch(
      /^session {2}agent {10}version {2}turns {2}messages {2}last activity {2}status\na {8}chat {11}1 {8}2 {6}4 {9}AGO idle\nb {8}approval_desk {2}1 {8}1 {6}2 {9}AGO waiting\nc {8}- .* unreadable\n$/,
    )
    expect(stderr).toMatch(/^warning: The checkpoint of session 'c' cannot be read: it is torn/)
  },
)

test.concurrent('they come page by page, and as JSON', async () => {
  const { stdout } = await runTroupe(['sessions', 'ls', '--store', url, '--json', '--after', 'a', '--limit', '1'])
  expect(JSON.parse(stdout)).toEqual({
    sessions: [
      {
        id: 'b',
        status: 'waiting',
        agent: 'approval_desk',
        version: 1,
        turns: 1,
        messages: 2,
        timerDue: null,
        lastActivity: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
      },
    ],
    next: 'b',
  })
})
