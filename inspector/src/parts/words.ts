/** Numbers, times and ids as people read them. */

/** A duration: `8 ms`, `1.24 s`, `2 min 5 s`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1) return milliseconds <= 0 ? '0 ms' : '<1 ms'
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 60_000) return `${(milliseconds / 1_000).toFixed(milliseconds < 10_000 ? 2 : 1)} s`
  const seconds = Math.round(milliseconds / 1_000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** A time of day with milliseconds, in the person's time zone. */
export function clockText(time: number): string {
  const date = new Date(time)
  const two = (value: number) => String(value).padStart(2, '0')
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** How long ago: `now`, `5 min`, `3 h`, `2 d`. */
export function agoText(time: number, now: number): string {
  const seconds = Math.max(0, (now - time) / 1_000)
  if (seconds < 60) return 'now'
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h`
  return `${Math.floor(seconds / 86_400)} d`
}

/** A count: `950`, `12.4k`, `3.1M`. */
export function countText(count: number): string {
  if (count < 10_000) return String(count)
  if (count < 1_000_000) return `${(count / 1_000).toFixed(count < 100_000 ? 1 : 0)}k`
  return `${(count / 1_000_000).toFixed(1)}M`
}

const money = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: false })

/** Money, in whatever currency it is: `0.00123`, `12.3`. */
export function costText(amount: number): string {
  return money.format(amount)
}

/** A turn's or an event's id without its session: `0.3`, `0.3.7`. */
export function shortId(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1)
}

/** The first line of any data, for a row. */
export function previewOf(data: unknown, length = 160): string {
  const text = typeof data === 'string' ? data : data === null || data === undefined ? '' : dataText(data)
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}

interface KnownData {
  readonly text?: unknown
  readonly route?: unknown
  readonly message?: unknown
  readonly calls?: unknown
  readonly results?: unknown
}

/** What matters in the data of Troupe's own events; everything else as JSON, without the window of messages. */
function dataText(data: object): string {
  const { text, route, message, calls, results } = data as KnownData
  if (typeof text === 'string') return text
  if (typeof route === 'string') return route
  if (typeof message === 'string') return message
  if (Array.isArray(calls))
    return (calls as { name?: unknown; args?: unknown }[])
      .map(({ name, args }) => `${String(name)}(${JSON.stringify(args)})`)
      .join(', ')
  if (Array.isArray(results))
    return (results as { content?: unknown }[]).map(({ content }) => String(content)).join(', ')
  const rest = JSON.stringify({ ...data, window: undefined })
  return rest === '{}' ? '' : rest
}

/** An agent with the version of its machine, where that has one. */
export function agentText(agent: string, machine: { readonly version: number | null } | undefined): string {
  const version = machine?.version ?? null
  return version === null ? agent : `${agent} v${version}`
}
