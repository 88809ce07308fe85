/** A line through points as an SVG path whose corners are round. */
import type { Point } from './graph.ts'

/** The path; `radius` in pixels, less where segments are short. */
export function roundedPath(points: readonly Point[], radius = 6): string {
  const [start, ...rest] = points
  if (!start) return ''
  const commands = [`M${start.x},${start.y}`]
  for (const [index, corner] of rest.entries()) {
    const before = points[index] as Point
    const after = rest[index + 1]
    if (!after) {
      commands.push(`L${corner.x},${corner.y}`)
      continue
    }
    const enter = towards(corner, before, radius)
    const leave = towards(corner, after, radius)
    commands.push(`L${enter.x},${enter.y}Q${corner.x},${corner.y} ${leave.x},${leave.y}`)
  }
  return commands.join('')
}

function towards(from: Point, to: Point, radius: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y)
  const share = length === 0 ? 0 : Math.min(radius, length / 2) / length
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
}
