/** Where the lines of a chat come from. */
import { createInterface } from 'node:readline'

/** Gives lines one by one. */
export interface LineReader {
  /** The next line; undefined when there is none any more. */
  read(): Promise<string | undefined>
  /** Takes the prompt away for what is to be printed while it waits. */
  hide(): void
  /** Shows the prompt again below what was printed while it waited. */
  redraw(): void
  close(): void
}

/** Reads a stream that is no terminal. Ctrl-C calls `onInterrupt`. */
export function readLines(input: NodeJS.ReadableStream, onInterrupt: () => void): LineReader {
  const lines = createInterface({ input, crlfDelay: Infinity, terminal: false })
  const iterator = lines[Symbol.asyncIterator]()
  process.on('SIGINT', onInterrupt)
  return {
    async read() {
      const { done, value } = await iterator.next()
      return done ? undefined : value
    },
    hide() {},
    redraw() {},
    close() {
      process.off('SIGINT', onInterrupt)
      lines.close()
    },
  }
}
