/** Reads the bodies of answers: server-sent events, of which only the `data` matters, or one text. */
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { LeanResponse } from './lean-response.ts'

/** How {@link readText} reads. */
export interface BodyOptions {
  /** Ends the reading quietly. */
  readonly signal: AbortSignal
  /** Makes the error of a body that broke off, so that it cannot be mistaken for one of what takes it. */
  readonly toError: (cause: unknown) => Error
  /** Makes the error of a body that has more than so many bytes. */
  readonly tooLong: (bytes: number) => Error
}

/** How {@link readEventStream} reads. */
export interface EventStreamOptions extends BodyOptions {
  /** Takes the data of one event. */
  readonly onData: (data: string) => void
}

// Many times the longest answer that models give, each of its tokens in an event of its own.
const mostBytes = 64 * 1024 * 1024

/** Reads the events of the body to its end; one that the end cuts off is left out, as the format's standard says. */
export function readEventStream(response: Response, options: EventStreamOptions): Promise<void> {
  return read(response, eventTaker(options.onData), options)
}

/** Reads the body as one text. */
export async function readText(response: Response, options: BodyOptions): Promise<string> {
  const decoder = new StringDecoder('utf8')
  let text = ''
  await read(response, (bytes) => (text += decoder.write(bytes as Buffer)), options)
  text += decoder.end()
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

async function read(response: Response, takePiece: Take, options: BodyOptions): Promise<void> {
  let count = 0
  const take = (bytes: Uint8Array): void => {
    count += bytes.length
    if (count > mostBytes) throw options.tooLong(mostBytes)
    takePiece(bytes)
  }
  if (response instanceof LeanResponse && response.source)
    await readSource(response.source, response.toFailure, take, options)
  else if (response.body) await readBody(response.body, take, options)
}

type Take = (bytes: Uint8Array) => void

/** Straight from Node's stream: what has arrived is taken in the same breath. */
function readSource(
  source: Readable,
  toFailure: (error: unknown) => unknown,
  take: Take,
  { signal, toError }: BodyOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const close = (): void => {
      if (signal.aborted || source.readableEnded) resolve()
      else reject(toError(toFailure(source.errored ?? new Error('the connection was closed'))))
    }
    // It may have broken off before anybody read.
    if (source.closed) {
      close()
      return
    }
    source.on('data', (bytes: Buffer) => {
      if (signal.aborted) return
      try {
        take(bytes)
      } catch (error) {
        reject(error as Error)
        source.destroy()
      }
    })
    source.on('end', resolve)
    source.on('error', (error) => (signal.aborted ? resolve() : reject(toError(toFailure(error)))))
    source.on('close', close)
  })
}

async function readBody(body: ReadableStream<Uint8Array>, take: Take, { signal, toError }: BodyOptions): Promise<void> {
  const reader = body.getReader()
  // A fetch that was handed in may not heed the signal.
  const cancel = (): void => void reader.cancel().catch(() => {})
  signal.addEventListener('abort', cancel)
  try {
    for (;;) {
      let value: Uint8Array | undefined
      try {
        value = (await reader.read()).value
      } catch (error) {
        throw toError(error)
      }
      if (value === undefined || signal.aborted) return
      take(value)
    }
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** Takes the pieces of a body as they come, and hands on the data of each event that is whole. */
function eventTaker(onData: (data: string) => void): Take {
  const decoder = new StringDecoder('utf8')
  let begun = false
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

  return (bytes) => {
    let piece = decoder.write(bytes as Buffer)
    if (!begun && piece !== '') {
      begun = true
      // The mark that some put before UTF-8.
      if (piece.startsWith('\uFEFF')) piece = piece.slice(1)
    }
    if (!piece.includes('\n')) {
      // Searched or cut, a line of many megabytes would be copied with each of its pieces.
      rest += piece
      return
    }
    const text = rest + piece
    let start = 0
    for (let end = text.indexOf('\n', rest.length); end >= 0; end = text.indexOf('\n', start)) {
      takeLine(text.slice(start, text[end - 1] === '\r' ? Math.max(start, end - 1) : end))
      start = end + 1
    }
    rest = text.slice(start)
  }
}
