import { rm, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CheckpointError } from '../../src/core/errors.ts'
import { resumeDue } from '../../src/pool/resume-due.ts'
import { openStore } from '../../src/store/open-store.ts'
import { loadSqlite } from '../../src/store/sqlite/driver.ts'
import { echo, soloAgent } from '../session/agents.ts'
import { openSession, type Session } from '../setup/engine.ts'

const agent = soloAgent(echo)
let folder: string
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'troupe-damaged-'))))
afterAll(() => rm(folder, { recursive: true }))

/** Makes a file with the sessions `hurt` and `well`, and writes the record of `hurt` anew by hand. */
async function damage(name: string, change: (checkpoint: string) => string): Promise<string> {
  const file = join(folder, `${name}.db`)
  const store = await openStore(`sqlite:${file}`)
  for (const id of ['hurt', 'well']) {
    const session: Session = await openSession(agent, { id, store })
    await session.send('hello').result
    await session.stop()
  }
  await store.close()
  const { DatabaseSync } = await loadSqlite()
  const database = new DatabaseSync(file)
  const { checkpoint } = database.prepare("SELECT checkpoint FROM sessions WHERE id = 'hurt'").get() as {
    checkpoint: string
  }
  const damaged = change(checkpoint.trimEnd())
  // Due at once, so that a sweep comes upon it too.
  database.prepare("UPDATE sessions SET checkpoint = ?, due = 0, bound = 0 WHERE id = 'hurt'").run(damaged)
  database.close()
  return file
}

async function rowOf(file: string): Promise<unknown> {
  const { DatabaseSync } = await loadSqlite()
  const database = new DatabaseSync(file, { readOnly: true })
  const row = database.prepare("SELECT checkpoint FROM sessions WHERE id = 'hurt'").get()
  const counts = database.prepare('SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM events)').get()
  database.close()
  return { row, counts }
}

const inJson = (change: (checkpoint: Record<string, unknown>) => unknown) => (text: string) =>
  JSON.stringify(change(JSON.parse(text) as Record<string, unknown>))

test.each<[string, (checkpoint: string) => string, string]>([
  ['torn', (text) => text.slice(0, text.length / 2), 'it is torn'],
  ['torn at its last character', (text) => text.slice(0, -1), 'it is torn'],
  ['overwritten in the middle', (text) => `${text.slice(0, 40)}\0\0\0${text.slice(43)}`, 'it is torn'],
  ['empty', () => '', 'it is empty'],
  ['blank', () => ' '.repeat(512), 'it is empty'],
  ['no JSON', () => 'hello', 'it is torn'],
  ['null', () => 'null', 'it is no checkpoint'],
  ['a list', () => '[]', 'it is no checkpoint'],
  ['foreign', () => '{"hello":"world"}', 'it is no checkpoint'],
  ['without its machine', inJson(({ machine: _, ...rest }) => rest), 'snapshot'],
  ['without its nodes', inJson(({ nodes: _, ...rest }) => rest), 'snapshot'],
  ['with nodes that are none', inJson((value) => ({ ...value, nodes: null })), 'it is no checkpoint'],
  ['with a node that is none', inJson((value) => ({ ...value, nodes: { worker: null } })), 'it is no checkpoint'],
  ['with turns that are none', inJson((value) => ({ ...value, turns: 3 })), 'it is no checkpoint'],
  ['without its counters', inJson(({ counters: _, ...rest }) => rest), 'counters'],
  ['of another session', inJson((value) => ({ ...value, sessionId: 'well' })), "it belongs to session 'well'"],
  ['of a newer format', inJson((value) => ({ ...value, format: 99 })), 'its format is 99'],
])(
  'a checkpoint that is %s is refused with its session and the cause, and left as it is',
  async (name, change, cause) => {
    const file = await damage(name.replaceAll(/\W/g, '-'), change)
    const before = await rowOf(file)
    const store = await openStore(`sqlite:${file}`)
    const error: unknown = await openSession(agent, { id: 'hurt', store }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(CheckpointError)
    expect((error as Error).message).toContain("The checkpoint of session 'hurt' cannot be read")
    expect((error as Error).message).toContain(cause)

    // It holds up nobody else.
    const report = await resumeDue([agent], { store })
    expect(report).toMatchObject({
      resumed: [],
      failed: [{ sessionId: 'hurt', error: { code: 'checkpoint_unreadable' } }],
    })
    const well = await openSession(agent, { id: 'well', store })
    expect(await well.messages()).toEqual([])
    expect((await well.send('again').result).text).toBe('again')
    await well.stop()
    await store.close()
    const after = (await rowOf(file)) as { row: unknown }
    expect(after.row).toEqual((before as { row: unknown }).row)
  },
)
