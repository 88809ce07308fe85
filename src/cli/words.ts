/** Numbers, times and texts in words. */

/** `1 turn`, `2 turns`. */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}

const money = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: false })

/** Money, in whatever currency it is: `0.00123`, `12.3`. */
export function cost(amount: number): string {
  return money.format(amount)
}

/** How long ago a time was: `3 min ago`. */
export function ago(time: number, now: number): string {
  const passed = now - time
  return passed < 1_000 ? 'just now' : `${duration(passed)} ago`
}

/** When something is due: `in 59 min`, or `overdue`. */
export function dueIn(time: number, now: number): string {
  return time <= now ? 'overdue' : `in ${duration(time - now)}`
}

const units = [
  ['day', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const

function duration(milliseconds: number): string {
  for (const [unit, length] of units) {
    const number = Math.floor(milliseconds / length)
    if (number >= 1) return unit === 'day' ? count(number, unit) : `${number} ${unit}`
  }
  return 'less than 1 s'
}

/** The beginning of a text, on one line. */
export function shorten(text: string, length = 200): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > length ? `${line.slice(0, length)}…` : line
}

/** Rows as lines whose columns begin below each other. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
