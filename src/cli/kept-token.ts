/** The token of the inspector's link, kept in the working folder so that it is the same after a restart. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newInspectorToken } from '../server/inspector/link.ts'

const tokenPattern = /^[\w-]{32}$/

/**
 * Reads it, or makes it: `.troupe/inspector-token`, which only the user can read. Where nothing can be written it is
 * another one each time.
 */
export async function keptToken(folder = '.troupe'): Promise<string> {
  const file = join(folder, 'inspector-token')
  const known = await readFile(file, 'utf8').catch(() => '')
  if (tokenPattern.test(known)) return known
  const token = newInspectorToken()
  try {
    await mkdir(folder, { recursive: true })
    const fresh = `${file}-${process.pid}`
    await writeFile(fresh, token, { mode: 0o600 })
    // Nobody reads half a token.
    await rename(fresh, file)
  } catch {
    // A folder that is read-only: the link that is printed works all the same.
  }
  return token
}
