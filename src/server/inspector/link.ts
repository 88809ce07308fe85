/** The link to the inspector's page, and the token in it. */
import { randomBytes } from 'node:crypto'

/** Where the WebSockets of inspectors are: the page's, and that of the official tools. */
export const inspectorSockets = ['/inspect', '/inspect/stately'] as const

/** A token that nobody can guess. */
export function newInspectorToken(): string {
  return randomBytes(24).toString('base64url')
}

/** The link to the page. What stands after `#` stays in the browser: no log and no proxy sees it. */
export function inspectorUrl(server: string, token: string): string {
  return `${server}/inspector/#token=${token}`
}
