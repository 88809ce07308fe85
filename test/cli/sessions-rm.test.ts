import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openStore } from 'troupe'
import chat from '../../machines/chat/agent.ts'
import { removeSession } from '../../src/cli/sessions/remove-session.ts'
import { runTroupe } from './run-troupe.ts'
import { pathOf, storeSession, urlOf } from './temporary-store.ts'

test('rm deletes when it is told to, never beside an owner, and asks only on a terminal', async () => {
  const url = urlOf('removed.db')
  await storeSession(url, chat, 'ada', { messages: ['Hi'], answers: ['Hello.'] })
  const args = ['sessions', 'rm', 'ada', '--store', url]
  const owner = await openStore(url)
  await expect(removeSession('ada', { store: url, yes: true })).rejects.toThrow('is in use by')
  await owner.close()

  expect(await runTroupe(args)).toEqual({
    code: 1,
    stdout: '',
    stderr: 'error: There is no terminal to ask on. Add --yes to delete it without a question.\n',
  })
  expect(await runTroupe([...args, '--yes'])).toEqual({ code: 0, stdout: 'session ada is deleted\n', stderr: '' })
  const store = await openStore(url)
  expect(await store.memory.get('ada', ['0.0'])).toEqual([undefined])
  expect(await store.checkpoints.list()).toEqual([])
  await store.close()
  await expect(removeSession('ada', { store: url })).rejects.toThrow(/^There is no session 'ada' in /)
})

test('rm makes no store that is not there', async () => {
  await expect(removeSession('ada', { store: urlOf('none.db'), yes: true })).rejects.toThrow('There is no store in')
  expect(existsSync(pathOf('none.db'))).toBe(false)
})
