/** Changes the theme. */
import { useCell } from '../feed/cell.ts'
import { nextTheme, theme, type Theme } from './theme.ts'

const signs: Readonly<Record<Theme, string>> = { system: '◐', light: '☀', dark: '☾' }

/** The button; it shows what is chosen. */
export function ThemeButton() {
  const chosen = useCell(theme)
  const label = `Theme: ${chosen === 'system' ? 'as the system' : chosen}`
  return (
    <button type="button" className="button plain" title={`${label} (t)`} aria-label={label} onClick={nextTheme}>
      {signs[chosen]}
    </button>
  )
}
