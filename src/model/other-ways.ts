/** Requests that somebody wants sent in another way than straight to the server; {@link leanFetch} leaves them alone. */

const ownFetch = globalThis.fetch
const dispatcherKey = Symbol.for('undici.globalDispatcher.1')
const proxyVariables = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY', 'NODE_USE_ENV_PROXY']

/** Whether proxies, a `fetch` or a dispatcher of the user's, or a body that is no text, ask for the global `fetch`. */
export function goesAnotherWay(init: RequestInit): boolean {
  if (globalThis.fetch !== ownFetch || 'dispatcher' in init) return true
  if (init.body !== undefined && init.body !== null && typeof init.body !== 'string') return true
  if (init.redirect !== undefined && init.redirect !== 'follow') return true
  return hasOwnDispatcher() || proxyVariables.some((name) => process.env[name])
}

let known: { readonly dispatcher: unknown; readonly own: boolean } | undefined

/** Node makes a dispatcher when its `fetch` is first used: one without options that nobody has wrapped. */
function hasOwnDispatcher(): boolean {
  const dispatcher = (globalThis as Record<symbol, unknown>)[dispatcherKey]
  if (known?.dispatcher !== dispatcher || known === undefined) known = { dispatcher, own: isOwn(dispatcher) }
  return known.own
}

function isOwn(dispatcher: unknown): boolean {
  if (dispatcher === undefined) return false
  if (typeof dispatcher !== 'object' || dispatcher === null || dispatcher.constructor.name !== 'Agent') return true
  const prototype = Object.getPrototypeOf(dispatcher) as { dispatch?: unknown }
  if ((dispatcher as { dispatch?: unknown }).dispatch !== prototype.dispatch) return true
  const key = Object.getOwnPropertySymbols(dispatcher).find(({ description }) => description === 'options')
  const options = key && (dispatcher as Record<symbol, unknown>)[key]
  // Nothing is known of one that keeps its options elsewhere.
  if (typeof options !== 'object' || options === null) return true
  return Object.values(options).some((value) => value !== undefined)
}
