/**
 * What code of agent files has opened and nobody else will close: the command line closes it when its command has ended.
 * In a library the one who opens it closes it.
 */
import { messageOf } from './errors.ts'

type Close = () => Promise<void>

const closers = new Set<Close>()

/** Remembers something to close; the returned function forgets it. */
export function closeAtExit(close: Close): () => void {
  closers.add(close)
  return () => void closers.delete(close)
}

/** Closes all of it; what fails becomes a process warning. */
export async function runAtExit(): Promise<void> {
  const closing = [...closers].map(async (close) => {
    try {
      await close()
    } catch (error) {
      process.emitWarning(`Something that an agent file opened could not be closed: ${messageOf(error)}`)
    }
  })
  closers.clear()
  await Promise.all(closing)
}
