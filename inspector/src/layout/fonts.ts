/** What texts are drawn in. */

/** The fonts of the drawings, as in `styles/drawing.css`. */
export const fonts = {
  name: '600 13px system-ui, sans-serif',
  row: '400 11px system-ui, sans-serif',
} as const

/** Width of a text in pixels. */
export type MeasureText = (text: string, font: keyof typeof fonts) => number
