/** How wide texts are in the fonts that boxes and labels are drawn in; sizes of boxes are known before they exist. */

import { fonts, type MeasureText } from './fonts.ts'

let canvas: CanvasRenderingContext2D | null | undefined
const known = new Map<string, number>()
const mostKnown = 5_000

/** Measures with a canvas that is never shown. */
export const measureText: MeasureText = (text, font) => {
  const key = `${font} ${text}`
  const width = known.get(key)
  if (width !== undefined) return width
  canvas ??= document.createElement('canvas').getContext('2d')
  if (!canvas) return text.length * 7
  canvas.font = fonts[font]
  const measured = canvas.measureText(text).width
  if (known.size >= mostKnown) known.clear()
  known.set(key, measured)
  return measured
}
