/** Elements that light up. */
import { useEffect, type RefObject } from 'react'
import type { Lights } from './lights.ts'

// Milliseconds.
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
