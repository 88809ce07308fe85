/** The commands about stored sessions, and their options. */
import { InvalidArgumentError, type Command } from 'commander'
import { sessionIdPattern } from '../core/events.ts'
import type { ForkSessionOptions } from './sessions/fork-session.ts'
import type { ImportOptions } from './sessions/import-session.ts'
import type { ListOptions } from './sessions/list-sessions.ts'
import type { RemoveOptions } from './sessions/remove-session.ts'
import type { ShowOptions } from './sessions/show-session.ts'

const storeOption = ['--store <url>', 'where they are: sqlite:FILE, redis://… or postgres://…'] as const
const longestPage = 1_000

/** Adds `sessions` with its commands. */
export function addSessionsCommand(program: Command, result: { exitCode: number }): void {
  const sessions = program
    .command('sessions')
    .description('List, show, export, import, fork and delete stored sessions.')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', '\nls, show and export work beside the process that owns a SQLite file.')

  sessions
    .command('ls')
    .description('List stored sessions, by id.')
    .requiredOption(...storeOption)
    .option('--limit <number>', `how many (up to ${longestPage})`, parseLimit, 50)
    .option('--after <id>', 'those after this one: the next page')
    .option('--json', 'print JSON')
    .action(async (options: ListOptions) => {
      const { listSessions } = await import('./sessions/list-sessions.ts')
      await listSessions(options)
    })

  sessions
    .command('show')
    .description('Print what is stored of a session: nodes, open turns, what waits, timers, trace.')
    .argument('<id>', 'the session')
    .requiredOption(...storeOption)
    .option('--json', 'print its checkpoint')
    .action(async (id: string, options: ShowOptions) => {
      const { showSession } = await import('./sessions/show-session.ts')
      await showSession(id, options)
    })

  sessions
    .command('export')
    .description('Print a session as one JSON object: checkpoint, messages and log.')
    .argument('<id>', 'the session')
    .requiredOption(...storeOption)
    .action(async (id: string, options: { store: string }) => {
      const { exportSession } = await import('./sessions/export-session.ts')
      await exportSession(id, options)
    })

  sessions
    .command('import')
    .description('Store a session that was exported.')
    .argument('<file>', "what 'sessions export' printed; - is stdin")
    .requiredOption(...storeOption)
    .option('--as <id>', 'store it under another id; only when it has no work and no timers', parseSessionId)
    .option('--force', 'replace the session that has this id')
    .action(async (file: string, options: ImportOptions) => {
      const { importSession } = await import('./sessions/import-session.ts')
      await importSession(file, options)
    })

  sessions
    .command('fork')
    .description('Make another session that begins as this one is, or was at the end of a turn.')
    .argument('<id>', 'the session')
    .requiredOption(...storeOption)
    .option('--at <turn>', "the end of which turn, such as 0.3; 'sessions show' lists them (default: as it is now)")
    .option('--as <id>', 'id of the fork (default: a random one)', parseSessionId)
    .action(async (id: string, options: ForkSessionOptions) => {
      const { forkStoredSession } = await import('./sessions/fork-session.ts')
      await forkStoredSession(id, options)
    })

  sessions
    .command('rm')
    .description('Delete a session with its messages and its log. Asks first.')
    .argument('<id>', 'the session')
    .requiredOption(...storeOption)
    .option('--agent <file>', "its agent: deletes what the agent's recall index holds of it, too")
    .option('-y, --yes', 'do not ask')
    .action(async (id: string, options: RemoveOptions) => {
      const { removeSession } = await import('./sessions/remove-session.ts')
      result.exitCode = await removeSession(id, options)
    })
}

/** @throws InvalidArgumentError when it is no id of a session. */
export function parseSessionId(id: string): string {
  if (sessionIdPattern.test(id)) return id
  throw new InvalidArgumentError("Use 1 to 128 letters, digits, '.', '_' and '-', beginning with a letter or digit.")
}

function parseLimit(text: string): number {
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= longestPage) return limit
  throw new InvalidArgumentError(`Use a number from 1 to ${longestPage}.`)
}
