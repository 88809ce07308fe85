/** Light, dark, or as the system has it. */
import { Cell } from '../feed/cell.ts'

export type Theme = 'system' | 'light' | 'dark'

const storageKey = 'troupe-inspector-theme'
const order: readonly Theme[] = ['system', 'light', 'dark']

/** The chosen theme. */
export const theme = new Cell<Theme>(readTheme())

/** The theme after this one, by the button and the key. */
export function nextTheme(): void {
  const next = order[(order.indexOf(theme.value) + 1) % order.length] as Theme
  theme.set(next)
  applyTheme()
  try {
    localStorage.setItem(storageKey, next)
  } catch {
    // Without storage it holds until the page is closed.
  }
}

/** Puts the theme where the styles read it. */
export function applyTheme(): void {
  if (theme.value === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = theme.value
}

function readTheme(): Theme {
  try {
    const stored = localStorage.getItem(storageKey)
    return order.find((each) => each === stored) ?? 'system'
  } catch {
    return 'system'
  }
}
