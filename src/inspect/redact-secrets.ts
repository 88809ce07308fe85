/** The redaction that the command line's inspector has: hides what is named like a secret. */
import type { Redact } from './plain.ts'

/** Stands for what {@link redactSecrets} hid. */
const hidden = '[hidden]'

const names = [
  'api[-_ ]?keys?',
  'authorization',
  'cookie',
  'set-cookie',
  'credentials?',
  'pass(?:word|wd|phrase)',
  'private[-_ ]?key',
  'secret(?:[-_ ]?(?:access[-_ ]?)?key)?',
  '(?:access|auth|bearer|id|refresh|session)?[-_ ]?token',
].join('|')
// What stands before may be anything: dbPassword, x-api-key, STRIPE_SECRET. Counts (`totalTokens`) are not meant.
const secretName = new RegExp(`^(?:.*(?:[-_. ]|[a-z](?=[A-Z])))?(?:${names})$`, 'i')
// The same in JSON that is itself a string, as arguments of tools are, however often it is quoted.
const secretMember = new RegExp(`(\\\\*"[\\w. -]{0,40}?(?:${names})\\\\*"\\s*:\\s*\\\\*")[^"\\\\]+`, 'gi')

/**
 * Hides the strings and numbers of members that are named like a secret (`apiKey`, `authorization`, `dbPassword`,
 * `access_token`, …), also in JSON within texts. It goes by names only: a secret in the middle of a sentence is shown,
 * and so is one whose JSON arrives in pieces.
 */
export const redactSecrets: Redact = (key, value) => {
  if (typeof value === 'string') {
    if (value !== '' && secretName.test(key)) return hidden
    return value.includes('"') ? value.replace(secretMember, `$1${hidden}`) : value
  }
  return typeof value === 'number' && secretName.test(key) ? hidden : value
}
