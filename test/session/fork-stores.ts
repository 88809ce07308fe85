/** The stores that forks are tested over, and an agent that remembers in its node and its transcript. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { memoryStore, openStore, type Agent, type Store } from 'troupe'
import { soloAgent } from './agents.ts'

export const kinds = ['memory', 'sqlite'] as const

/** An empty store that is closed when the test ends. */
export async function emptyStore(kind: (typeof kinds)[number]): Promise<Store> {
  if (kind === 'memory') return memoryStore()
  const folder = mkdtempSync(join(tmpdir(), 'troupe-fork-'))
  const store = await openStore(`sqlite:${join(folder, 'fork.db')}`)
  onTestFinished(async () => {
    await store.close()
    rmSync(folder, { recursive: true })
  })
  return store
}

/** Says all that it was told so far, which its node's state holds, under the id of its event. */
export const rememberingAgent: Agent = soloAgent((text, runtime) => {
  const told = [...((runtime.getState() as string[] | undefined) ?? []), text]
  runtime.setState(told)
  runtime.append({ role: 'user', content: text })
  runtime.emit('said', { text: told.join(' ') })
})

/** The texts of a conversation. */
export async function textsOf(session: { messages(): Promise<{ content?: unknown }[]> }): Promise<unknown[]> {
  return (await session.messages()).map(({ content }) => content)
}
