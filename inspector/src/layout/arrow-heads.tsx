/** The heads of arrows; drawn once, so that lines can refer to them. */

/** The definitions; they take the colour of the line. */
export function ArrowHeads() {
  return (
    <svg className="arrow-heads" aria-hidden="true">
      <defs>
        <marker
          id="arrow"
          viewBox="0 0 8 8"
          refX="7"
          refY="4"
          markerWidth="8"
          markerHeight="8"
          markerUnits="userSpaceOnUse"
          orient="auto"
        >
          <path d="M0,0 L8,4 L0,8 Z" />
        </marker>
      </defs>
    </svg>
  )
}
