/** A folder for the stores of a test file, with sessions that were stored before. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { openSession, openStore, type Agent } from 'troupe'
import { scriptedModel, type Script } from 'troupe/testing'

const folder = mkdtempSync(join(tmpdir(), 'troupe-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A path in the folder. */
export function pathOf(name: string): string {
  return join(folder, name)
}

/** The URL of a store in the folder. */
export function urlOf(name: string): string {
  return `sqlite:${pathOf(name)}`
}

/** Stores a session in which these messages were sent, to a model that answers by a script. */
export async function storeSession(
  url: string,
  agent: unknown,
  id: string,
  talk: { readonly messages: readonly string[]; readonly answers: Script },
): Promise<void> {
  const store = await openStore(url)
  const session = await openSession(agent as Agent, { id, store, client: scriptedModel(talk.answers).client })
  for (const message of talk.messages) await session.send(message).result
  await session.stop()
  await store.close()
}
