import { writeSync } from 'node:fs'

/** Prints what a test found out, in one line. */
export function reportFigures(title: string, figures: Readonly<Record<string, number>>): void {
  const list = Object.entries(figures).map(([name, value]) => `${name} ${Math.round(value)}`)
  writeSync(2, `${title}: ${list.join(', ')}\n`)
}
