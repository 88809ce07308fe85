import { readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { openSession, openStore } from 'troupe'
import { scriptedModel } from 'troupe/testing'
import chat from '../../machines/chat/agent.ts'
import { importSession } from '../../src/cli/sessions/import-session.ts'
import approvalDesk from './approval-desk.ts'
import { runTroupe } from './run-troupe.ts'
import { pathOf, storeSession, urlOf } from './temporary-store.ts'

const url = urlOf('source.db')

beforeAll(async () => {
  await storeSession(url, chat, 'ada', { messages: ['Hi', 'ada/0.1'], answers: ['Hello.', 'That is no message.'] })
  await storeSession(url, approvalDesk, 'desk', {
    messages: ['Refund order A-17'],
    answers: [{ toolCalls: [{ name: 'refund', args: { order: 'A-17' } }] }],
  })
  await Promise.all(
    ['ada', 'desk'].map(async (id) => {
      const { code, stdout } = await runTroupe(['sessions', 'export', id, '--store', url])
      expect(code).toBe(0)
      writeFileSync(pathOf(`${id}.json`), stdout)
    }),
  )
})

const fileOf = (id: string) => JSON.parse(readFileSync(pathOf(`${id}.json`), 'utf8')) as Record<string, never>

test.concurrent('a session that is exported and imported elsewhere is the same, and goes on', async () => {
  const target = urlOf('target.db')
  await storeSession(target, chat, 'desk', { messages: ['Hi'], answers: ['I make room.'] })
  const args = ['sessions', 'import', pathOf('desk.json'), '--store', target]
  const imported = await runTroupe([...args, '--force'])
  expect(imported).toMatchObject({ code: 0, stdout: `session desk is in ${target}: 1 turn, 2 messages\n` })
  expect(imported.stderr).toContain('see that the session it was exported from is not opened again')

  const again = await runTroupe(['sessions', 'export', 'desk', '--store', target])
  expect({ ...(JSON.parse(again.stdout) as object), exportedAt: '' }).toEqual({ ...fileOf('desk'), exportedAt: '' })
  const store = await openStore(target)
  const model = scriptedModel(['Refunded.'])
  const session = await openSession(approvalDesk as never, { id: 'desk', store, client: model.client })
  const turn = await session.signal('approve', { callId: session.pending()[0]?.undecided[0] })
  expect(await turn.result).toMatchObject({ status: 'completed', text: 'Refunded.' })
  await session.stop()
  await store.close()
})

test.concurrent('with --as it has another id everywhere but in what was said', async () => {
  const target = urlOf('renamed.db')
  const args = ['sessions', 'import', pathOf('ada.json'), '--store', target, '--as', 'grace.1']
  expect(await runTroupe(args)).toMatchObject({ code: 0, stderr: '' })
  const { stdout } = await runTroupe(['sessions', 'export', 'grace.1', '--store', target])
  // The message that reads like an id of it.
  expect(stdout.match(/"[^"]*ada[^"]*"/g) ?? []).toEqual(['"ada/0.1"'])
  const store = await openStore(target)
  const session = await openSession(chat as never, { id: 'grace.1', store, client: scriptedModel(['Yes.']).client })
  expect((await session.messages()).map(({ content }) => content)).toEqual([
    'Hi',
    'Hello.',
    'ada/0.1',
    'That is no message.',
  ])
  expect((await session.send('Still there?').result).traceId).toBe('grace.1/0.3')
  await session.stop()
  await store.close()
})

const refused: [what: string, file: string, as: string | undefined, message: RegExp][] = [
  [
    'an id that is taken',
    'ada',
    undefined,
    /There is a session 'ada' in \S+ already\. Import this one --as another id/,
  ],
  ['another id for open work', 'desk', 'desk-2', /'desk' cannot have another id, since 1 turn of it is open: /],
  ['a file that was cut off', 'cut', 'x', /cut\.json' cannot be imported: it is no JSON, or was cut off/],
  ['a newer format', 'newer', 'x', /its format is 2; this version of Troupe reads up to 1/],
]

test.each(refused)('%s is refused', async (_, name, as, message) => {
  writeFileSync(pathOf('cut.json'), readFileSync(pathOf('ada.json'), 'utf8').slice(0, -20))
  writeFileSync(pathOf('newer.json'), JSON.stringify({ ...fileOf('ada'), format: 2 }))
  const options = { store: url, ...(as === undefined ? {} : { as }) }
  await expect(importSession(pathOf(`${name}.json`), options)).rejects.toThrow(message)
})
