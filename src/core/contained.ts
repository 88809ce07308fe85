import { messageOf } from './errors.ts'

/** Runs foreign code that must not stop the engine, such as a listener; what it throws, or rejects with, becomes a process warning. */
export function contained(what: string, work: () => unknown): void {
  const warn = (error: unknown): void =>
    process.emitWarning(`${what} threw: ${messageOf(error)}`, { type: 'TroupeWarning', code: 'TROUPE_OBSERVER' })
  try {
    const result = work()
    if (result instanceof Promise) result.catch(warn)
  } catch (error) {
    warn(error)
  }
}
