/** A `Response` whose body is a Node stream, and a web stream only for those who ask for one. */
import type { IncomingMessage } from 'node:http'
import { pipeline, type Readable, type Transform } from 'node:stream'
import { constants, createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'

const bodiless = new Set([204, 205, 304])

/** What is taken over as it is. Node's types have the rest as properties, in whose place no getter or method may stand. */
const ResponseHead = Response as unknown as new (
  body: null,
  init: ResponseInit,
) => Pick<Response, 'headers' | 'ok' | 'redirected' | 'status' | 'statusText' | 'type'>

/** The answer to a request; all that a `Response` can, it can. */
export class LeanResponse extends ResponseHead implements Response {
  /** The body, decoded; null where there is none. Who reads it reads nothing else of this response. */
  readonly source: Readable | null = null
  /** Makes of what the source was destroyed with the error that a `fetch` throws. */
  readonly toFailure: (error: unknown) => unknown
  readonly url: string
  #whole: Response | undefined

  constructor(message: IncomingMessage, url: string, toFailure: (error: unknown) => unknown) {
    const { statusCode: status = 0, statusMessage: statusText = '', rawHeaders } = message
    const headers = new Headers()
    for (let index = 0; index + 1 < rawHeaders.length; index += 2)
      headers.append(rawHeaders[index] as string, rawHeaders[index + 1] as string)
    super(null, { status, statusText, headers })
    this.url = url
    this.toFailure = toFailure
    if (bodiless.has(status)) message.resume()
    else this.source = decoded(message)
  }

  get body(): Response['body'] {
    return this.#asWhole().body
  }
  get bodyUsed(): boolean {
    return this.#whole?.bodyUsed ?? this.source?.readableDidRead ?? false
  }
  text(): Promise<string> {
    return this.#asWhole().text()
  }
  json(): Promise<unknown> {
    return this.#asWhole().json()
  }
  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#asWhole().arrayBuffer()
  }
  /** Newer versions of Node have it. */
  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.arrayBuffer())
  }
  blob(): ReturnType<Response['blob']> {
    return this.#asWhole().blob()
  }
  formData(): ReturnType<Response['formData']> {
    return this.#asWhole().formData()
  }
  clone(): Response {
    return this.#asWhole().clone()
  }

  #asWhole(): Response {
    if (this.#whole) return this.#whole
    const { source, toFailure } = this
    const body = source && webStreamOf(source, toFailure)
    this.#whole = new Response(body ?? null, {
      status: this.status,
      statusText: this.statusText,
      headers: this.headers,
    })
    return this.#whole
  }
}

function webStreamOf(source: Readable, toFailure: (error: unknown) => unknown): ReadableStream<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next()
          if (done) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          throw toFailure(error)
        }
      },
      // Ends the connection also where nothing was read yet.
      cancel: () => void source.destroy(),
    },
    // Nothing is read ahead, so that the socket is paused while nobody reads.
    { highWaterMark: 0 },
  )
}

/** No encoding is asked for, but some servers and proxies compress all the same. */
function decoded(message: IncomingMessage): Readable {
  const decoder = decoderOf(message.headers['content-encoding']?.trim().toLowerCase())
  if (!decoder) return message
  pipeline(message, decoder, () => {})
  return decoder
}

function decoderOf(encoding: string | undefined): Transform | undefined {
  // What came so far is passed on at once, as a stream of events needs it.
  const flush = constants.Z_SYNC_FLUSH
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip({ flush })
  if (encoding === 'deflate') return createInflate({ flush })
  if (encoding === 'br') return createBrotliDecompress({ flush: constants.BROTLI_OPERATION_FLUSH })
  return undefined
}
