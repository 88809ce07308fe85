/**
 * A response of server-sent events.
 *
 * Invariants
 * 1. Text is made only when the client takes it: what waits for a slow client waits in one place, which is bounded.
 * 2. A client that takes nothing of what waits for it for `stallTimeout` is cut off, one that hears nothing for
 *    `heartbeat` gets a comment.
 * 3. The source is closed exactly once, whoever ends the stream.
 */
import type { ServerContext, ServerParts } from '../context.ts'

/** Where the text of a stream comes from. */
export interface StreamSource {
  /** The next text; undefined at the end. Called again only when the text before is taken. */
  next(): Promise<string | undefined>
  /** Ends it: a `next` that waits resolves with undefined. */
  close(): void
}

const heartbeatText = ':\n\n'

/** See the top of this file. */
export function eventStream(
  context: ServerContext,
  source: StreamSource,
  { clock, limits, log }: Pick<ServerParts, 'clock' | 'limits' | 'log'>,
): Response {
  const headers = {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    // For proxies that would keep it until they have enough.
    'x-accel-buffering': 'no',
  }
  if (context.req.method === 'HEAD') {
    // A stream that nobody reads would never end.
    source.close()
    return context.body(null, 200, headers)
  }
  const encoder = new TextEncoder()
  let timer: unknown
  let asked = false
  /** What the source gave; empty while it is asked. */
  let given: { readonly text: string | undefined } | undefined
  let wake = (): void => {}
  let over = false
  let cancelled = false
  const stopTimer = (): void => {
    if (timer !== undefined) clock.clearTimeout(timer)
    timer = undefined
  }
  const startTimer = (callback: () => void, ms: number): void => {
    stopTimer()
    timer = clock.setTimeout(callback, ms)
    // It must not keep the process alive.
    ;(timer as { unref?(): void } | undefined)?.unref?.()
  }
  const end = (): void => {
    if (over) return
    over = true
    stopTimer()
    source.close()
    wake()
  }
  // Where the platform has no socket to cut, the client's own end has to do.
  const cutOff = (): void => {
    end()
    context.env?.outgoing?.destroy()
  }
  const ask = (): void => {
    if (asked) return
    asked = true
    source.next().then(
      (text) => {
        given = { text }
        wake()
      },
      (error: unknown) => {
        log.error({ err: error, requestId: context.get('requestId') }, 'a stream failed')
        given = { text: undefined }
        wake()
      },
    )
  }
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        stopTimer()
        ask()
        if (!given && !over)
          await new Promise<void>((resolve) => {
            wake = resolve
            startTimer(resolve, limits.heartbeat)
          })
        stopTimer()
        // The client has gone meanwhile; its stream is closed already.
        if (cancelled) return
        if (over || (given && given.text === undefined)) {
          end()
          controller.close()
          return
        }
        controller.enqueue(encoder.encode(given?.text ?? heartbeatText))
        if (given) {
          given = undefined
          asked = false
        }
        startTimer(cutOff, limits.stallTimeout)
      },
      cancel() {
        cancelled = true
        end()
      },
    },
    // Nothing is made ahead of the client.
    { highWaterMark: 0 },
  )
  return context.body(body, 200, headers)
}
