/** What a layout is made of, and what it gives; sizes and places in pixels. */

/** A box to be placed, perhaps with boxes inside. */
export interface LayoutNode {
  readonly id: string
  /** Of a box with others inside: the least it needs. */
  readonly width: number
  readonly height: number
  readonly children?: readonly LayoutNode[]
  /** Room above the boxes inside. */
  readonly header?: number
  /** The box inside that comes first. */
  readonly first?: string
}

/** A line to be drawn, perhaps from a box to one inside it. */
export interface LayoutEdge {
  readonly id: string
  readonly source: string
  readonly target: string
  readonly label?: { readonly width: number; readonly height: number }
}

/** A graph to be placed. */
export interface LayoutGraph {
  readonly direction: 'down' | 'right'
  readonly nodes: readonly LayoutNode[]
  readonly edges: readonly LayoutEdge[]
  /** The node where reading starts; the first one by default. */
  readonly first?: string
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** A placed box; the place is relative to the box around it. */
export interface PlacedNode extends Point {
  readonly width: number
  readonly height: number
}

/** A routed line; places are relative to the whole drawing. */
export interface PlacedEdge {
  readonly points: readonly Point[]
  /** Its label; the place is the top left corner. */
  readonly label: PlacedNode | undefined
}

/** A placed graph. */
export interface Placement {
  readonly nodes: ReadonlyMap<string, PlacedNode>
  readonly edges: ReadonlyMap<string, PlacedEdge>
}

/** Width and height of a placed graph; places of boxes inside boxes count less than those of the boxes around them. */
export function extentOf({ nodes, edges }: Placement): { readonly width: number; readonly height: number } {
  const lines = [...edges.values()]
  const points = lines.flatMap(({ points: each }) => each)
  const boxes = [...nodes.values(), ...lines.flatMap(({ label }) => label ?? [])]
  return {
    width: Math.max(1, ...boxes.map(({ x, width }) => x + width), ...points.map(({ x }) => x)),
    height: Math.max(1, ...boxes.map(({ y, height }) => y + height), ...points.map(({ y }) => y)),
  }
}
