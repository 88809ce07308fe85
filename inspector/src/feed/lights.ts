/**
 * What lights up: edges, nodes and transitions when an event travels. Kept out of React: at hundreds of events a second a
 * drawing must not be made anew for each, so elements listen for their own key and animate themselves.
 */
import { useEffect, type RefObject } from 'react'

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

/** A guard of a transition was tried; the drawing shows the result beside it. */
export function guardKey(guard: string): string {
  return `guard ${guard}`
}

const glow = 1_100

/** Animates an element with the class `lit` for a moment whenever one of its keys lights up. */
export function useLit(lights: Lights, keys: readonly string[], element: RefObject<Element | null>): void {
  const joined = keys.join('\n')
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const light = () => {
      element.current?.classList.add('lit')
      clearTimeout(timer)
      timer = setTimeout(() => element.current?.classList.remove('lit'), glow)
    }
    const ends = joined.split('\n').map((key) => lights.listen(key, light))
    return () => {
      clearTimeout(timer)
      for (const end of ends) end()
    }
  }, [lights, joined, element])
}
