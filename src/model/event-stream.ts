/** Reads the server-sent events of a streamed completion; only their `data` matters. */

/** How {@link readEventStream} reads. */
export interface EventStreamOptions {
  /** Ends the reading quietly. */
  readonly signal: AbortSignal
  /** Takes the data of one event. */
  readonly onData: (data: string) => void
  /** Makes the error of a body that broke off, so that it cannot be mistaken for one that `onData` throws. */
  readonly toError: (cause: unknown) => Error
}

/** Reads the events of `body` to its end; one that the end cuts off is left out, as the format's standard says. */
export async function readEventStream(
  body: ReadableStream<Uint8Array>,
  { signal, onData, toError }: EventStreamOptions,
): Promise<void> {
  const reader = body.getReader()
  // A fetch that was handed in may not heed the signal.
  const cancel = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel)
  const decoder = new TextDecoder()
  let rest = ''
  let data: string | undefined

  const takeLine = (line: string): void => {
    if (line === '') {
      if (data === undefined) return
      const whole = data
      data = undefined
      onData(whole)
    } else if (line.startsWith('data:')) {
      const value = line.slice(line[5] === ' ' ? 6 : 5)
      data = data === undefined ? value : `${data}\n${value}`
    }
  }

  try {
    for (;;) {
      let value: Uint8Array | undefined
      try {
        value = (await reader.read()).value
      } catch (error) {
        throw toError(error)
      }
      if (value === undefined || signal.aborted) return
      const text = rest + decoder.decode(value, { stream: true })
      let start = 0
      for (let end = text.indexOf('\n', rest.length); end >= 0; end = text.indexOf('\n', start)) {
        takeLine(text.slice(start, text[end - 1] === '\r' ? Math.max(start, end - 1) : end))
        start = end + 1
      }
      rest = text.slice(start)
    }
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
