/** What tools did, kept in a file that outlives the process: a kill loses nothing that was written. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'

/** A tool began to run, or took effect, under an idempotency key. */
export interface EffectRecord {
  readonly kind: 'run' | 'effect'
  readonly tool: string
  readonly key: string
}

/** Where tools record what they do. */
export interface EffectBook {
  add(record: EffectRecord): void
  has(key: string): boolean
}

/** A book in a file; each record is one write with O_APPEND. */
export function fileBook(file: string): EffectBook {
  const effects = new Set(readEffects(file).flatMap(({ kind, key }) => (kind === 'effect' ? [key] : [])))
  return {
    add(record) {
      appendFileSync(file, `${JSON.stringify(record)}\n`)
      if (record.kind === 'effect') effects.add(record.key)
    },
    has: (key) => effects.has(key),
  }
}

/** A book that nobody reads. */
export function noBook(): EffectBook {
  return { add: () => {}, has: () => false }
}

/** The records of a file, in order; with `session`, those of that session. */
export function readEffects(file: string, session?: string): EffectRecord[] {
  if (!existsSync(file)) return []
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && (session === undefined || line.includes(`"${session}/`)))
    .map((line) => JSON.parse(line) as EffectRecord)
}
