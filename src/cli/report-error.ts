/** Says on stderr what went wrong. */
import { inspect } from 'node:util'
import { messageOf, TroupeError } from '../core/errors.ts'
import { printable, styleOf } from './style.ts'

/** Whether errors are shown with their stacks: `--verbose`, or TROUPE_DEBUG in the environment. */
export function isVerbose(option: unknown): boolean {
  const { TROUPE_DEBUG } = process.env
  return option === true || (TROUPE_DEBUG !== undefined && TROUPE_DEBUG !== '' && TROUPE_DEBUG !== '0')
}

/** Prints an error: its message, and with `verbose` its stack and causes. */
export function reportError(error: unknown, verbose: boolean): void {
  const style = styleOf(process.stderr)
  const details = verbose ? `\n${style.dim(inspect(error))}` : ''
  process.stderr.write(`${style.red('error:')} ${describeError(error)}${details}\n`)
}

function describeError(error: unknown): string {
  const message = printable(messageOf(error))
  // A fault of Troupe's own, or of an agent's code outside a handler, says nothing of what to do.
  const hint = TroupeError.isInstance(error) ? '' : ' (--verbose shows where)'
  return `${message}${hint}`
}
