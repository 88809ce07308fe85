/** Commands that a person can paste into the shell. */
import { basename, relative } from 'node:path'
import { withoutPassword } from './store-option.ts'

/** The command that continues a session: `troupe chat machines/chat --store sqlite:troupe.db --session ada`. */
export function continueCommand(file: string, store: string, sessionId: string): string {
  return commandLine('chat', file, '--store', withoutPassword(store), '--session', sessionId)
}

/** A command of this program, started as this process was. */
export function commandLine(...args: readonly string[]): string {
  const launcher = process.argv[1] ?? 'troupe'
  const program = basename(launcher).endsWith('.js') ? ['node', relative(process.cwd(), launcher)] : ['troupe']
  return [...program, ...args].map(quoted).join(' ')
}

function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`
}
