/** Which process has a SQLite file open. The lock itself does not tell; Linux does. */
import { readFileSync, statSync } from 'node:fs'
import { shorten } from './words.ts'

/** Names the process that owns the store in a file: `process 4711 (node bin/troupe.js chat …)`; undefined when nobody can say. */
export function ownerOf(file: string): string | undefined {
  try {
    const { ino } = statSync(`${file}-owner`, { bigint: true })
    const locks = readFileSync('/proc/locks', 'utf8')
    // `3: POSIX  ADVISORY  WRITE 4711 08:01:1234567 0 EOF`: process, then device and inode of the file.
    for (const [, id, inode] of locks.matchAll(/ADVISORY\s+WRITE\s+(\d+)\s+[\da-f]+:[\da-f]+:(\d+)\s/g)) {
      if (id && inode === String(ino)) return describe(id)
    }
  } catch {
    // No Linux, or not ours to see.
  }
  return undefined
}

function describe(id: string): string {
  try {
    const command = readFileSync(`/proc/${id}/cmdline`, 'utf8').split('\0').join(' ')
    return `process ${id} (${shorten(command, 120)})`
  } catch {
    return `process ${id}`
  }
}
