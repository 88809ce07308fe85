/** The token that the server's link carries. */

const storageKey = 'troupe-inspector-token'

/**
 * Takes the token out of the address (`?token=…` or `#token=…`), where it would end in bookmarks and screenshots, and keeps
 * it until the tab is closed; undefined when the server needs none.
 */
export function takeToken(): string | undefined {
  const address = new URL(location.href)
  const fragment = /^#token=([^&]+)$/.exec(address.hash)?.[1]
  const token = address.searchParams.get('token') ?? (fragment === undefined ? null : decodeURIComponent(fragment))
  if (token === null) return stored()
  address.searchParams.delete('token')
  if (fragment !== undefined) address.hash = ''
  history.replaceState(null, '', address)
  try {
    sessionStorage.setItem(storageKey, token)
  } catch {
    // Without storage a reload needs the link again.
  }
  return token
}

function stored(): string | undefined {
  try {
    return sessionStorage.getItem(storageKey) ?? undefined
  } catch {
    return undefined
  }
}
