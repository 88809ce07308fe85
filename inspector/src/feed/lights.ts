/**
 * What lights up: edges, nodes and transitions when an event travels. Kept out of React: at hundreds of events a second a
 * drawing must not be made anew for each, so elements listen for their own key and animate themselves.
 */

/** Keys of things that light up, and who listens. */
export class Lights {
  readonly #listeners = new Map<string, Set<() => void>>()

  /** Lights everything with one of the keys. */
  flash(keys: Iterable<string>): void {
    for (const key of new Set(keys)) for (const listener of this.#listeners.get(key) ?? []) listener()
  }

  /** Listens for a key; gives what ends that. */
  listen(key: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(key) ?? new Set()
    this.#listeners.set(key, listeners.add(listener))
    return () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(key)
    }
  }
}

/** The key of an edge, as the feed counts it. */
export function edgeKey(from: string, type: string, to: string): string {
  return `edge ${from}.${type}>${to}`
}

export function nodeKey(node: string): string {
  return `node ${node}`
}

export function transitionKey(id: string): string {
  return `transition ${id}`
}
