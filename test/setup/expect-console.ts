/** What a test may print: every output is recorded, and one that no test announced is a fault. */

/** One line that reached the console, a process warning, or an unhandled rejection. */
export interface RecordedOutput {
  readonly source: string
  readonly text: string
}

interface Announcement {
  readonly pattern: string | RegExp
  seen: boolean
}

let outputs: RecordedOutput[] = []
let announcements: Announcement[] = []

/**
 * Announces output of the running test: a console line or a process warning that contains `pattern`.
 * The output may come any number of times, but has to come at least once. Unhandled rejections cannot be announced.
 */
export function expectConsole(pattern: string | RegExp): void {
  announcements.push({ pattern, seen: false })
}

/** Called by the setup file for everything that is printed. */
export function recordOutput(output: RecordedOutput): void {
  const announcement =
    output.source === 'unhandled rejection' ? undefined : announcements.find(({ pattern }) => matches(pattern, output))
  if (announcement) announcement.seen = true
  else outputs.push(output)
}

/** Returns the faults of the test that just ended, and forgets them. */
export function takeOutputFaults(): string[] {
  const faults = [
    ...outputs.map(({ source, text }) => `unannounced ${source}: ${text}`),
    ...announcements.filter(({ seen }) => !seen).map(({ pattern }) => `announced but not printed: ${pattern}`),
  ]
  outputs = []
  announcements = []
  return faults
}

function matches(pattern: string | RegExp, { text }: RecordedOutput): boolean {
  return typeof pattern === 'string' ? text.includes(pattern) : text.search(pattern) >= 0
}
