/** The floor of what is stored: a loop that commits each step's message and where it stands, in one transaction. */
import { DatabaseSync } from '@photostructure/sqlite'
import type { Message } from 'troupe'
import { runCall, scriptedModel } from '../conversation.ts'
import type { EngineOptions } from './adapter.ts'

export const bareSqlite = {
  name: 'bare loop, SQLite',
  open({ rounds, delay, file }: EngineOptions & { readonly file: string }) {
    const model = scriptedModel(rounds, delay)
    const database = new DatabaseSync(file)
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE messages (session TEXT, position INTEGER, message TEXT, PRIMARY KEY (session, position));
      CREATE TABLE sessions (id TEXT PRIMARY KEY, state TEXT);
    `)
    const begin = database.prepare('BEGIN')
    const commit = database.prepare('COMMIT')
    const writeMessage = database.prepare('INSERT INTO messages VALUES (?, ?, ?)')
    const writeState = database.prepare('INSERT OR REPLACE INTO sessions VALUES (?, ?)')
    return {
      async turn(session: string, text: string): Promise<string> {
        const messages: Message[] = []
        const store = (next: string, message: Message): void => {
          begin.run()
          writeMessage.run(session, messages.length, JSON.stringify(message))
          messages.push(message)
          writeState.run(session, JSON.stringify({ next, count: messages.length }))
          commit.run()
        }
        store('model', { role: 'user', content: text })
        for (;;) {
          const answer = await model(messages)
          store('tools', answer)
          if (!answer.tool_calls) return answer.content ?? ''
          for (const call of answer.tool_calls) store('model', await runCall(call))
        }
      },
      close: () => database.close(),
    }
  },
}
