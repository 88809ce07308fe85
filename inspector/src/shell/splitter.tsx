/** A line between two panels that is dragged, or moved with the arrow keys. */
import { useRef } from 'react'

interface Props {
  readonly label: string
  readonly width: number
  readonly least: number
  readonly most: number
  /** Which side the panel is on whose width this sets. */
  readonly side: 'left' | 'right'
  readonly onChange: (width: number) => void
}

/** The line. */
export function Splitter({ label, width, least, most, side, onChange }: Props) {
  const start = useRef<{ x: number; width: number } | undefined>(undefined)
  const sign = side === 'left' ? 1 : -1
  const set = (value: number) => onChange(Math.min(most, Math.max(least, Math.round(value))))
  return (
    <div
      className={`splitter splitter-${side}`}
      role="separator"
      aria-label={label}
      aria-orientation="vertical"
      aria-valuenow={width}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId)
        start.current = { x: event.clientX, width }
      }}
      onPointerMove={(event) => {
        if (start.current) set(start.current.width + sign * (event.clientX - start.current.x))
      }}
      onPointerUp={() => {
        start.current = undefined
      }}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') set(width - sign * 24)
        else if (event.key === 'ArrowRight') set(width + sign * 24)
      }}
    />
  )
}
