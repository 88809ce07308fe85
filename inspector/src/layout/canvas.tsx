/** The surface on which graph and statechart are drawn: panned, zoomed, fitted again when its size or drawing changes. */
import {
  Controls,
  getViewportForBounds,
  ReactFlow,
  useReactFlow,
  useStore,
  type Edge,
  type EdgeTypes,
  type Node,
  type NodeTypes,
} from '@xyflow/react'
import { useCallback, useEffect, useRef } from 'react'
import { extentOf, type Placement } from './graph.ts'

interface Props {
  readonly label: string
  readonly nodes: Node[]
  readonly edges: Edge[]
  readonly nodeTypes: NodeTypes
  readonly edgeTypes: EdgeTypes
  /** What is drawn: it is fitted in. */
  readonly placement: Placement
  readonly onSelectNode: (node: Node | undefined) => void
  /** Below the drawing. */
  readonly children?: React.ReactNode
}

const least = 0.1

/** The surface. */
export function Canvas({ label, nodes, edges, nodeTypes, edgeTypes, placement, onSelectNode, children }: Props) {
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key !== 'Enter' && event.key !== ' ') return
    const box = (event.target as Element).closest<HTMLElement>('.react-flow__node')
    const node = box && nodes.find(({ id }) => id === box.dataset['id'])
    if (!node) return
    event.preventDefault()
    onSelectNode(node)
  }
  return (
    <div className="canvas" role="group" aria-label={label}>
      <div className="canvas-surface" onKeyDown={onKeyDown}>
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          minZoom={least}
          maxZoom={3}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable
          edgesFocusable={false}
          // What is selected is known to the page, not to React Flow.
          elementsSelectable={false}
          elevateNodesOnSelect={false}
          elevateEdgesOnSelect={false}
          deleteKeyCode={null}
          onNodeClick={(_, node) => onSelectNode(node)}
          onPaneClick={() => onSelectNode(undefined)}
        >
          <FittedView placement={placement} />
        </ReactFlow>
      </div>
      {children}
    </div>
  )
}

/** Fits the drawing in, again when its place has another size, until the person has moved it. */
function FittedView({ placement }: { readonly placement: Placement }) {
  const { setViewport, getViewport } = useReactFlow()
  const width = useStore((state) => state.width)
  const height = useStore((state) => state.height)
  const fitted = useRef<{ placement: Placement; viewport: string } | undefined>(undefined)
  const fit = useCallback(() => {
    // React Flow's own fitting knows the boxes only, and would cut labels off.
    const bounds = { x: 0, y: 0, ...extentOf(placement) }
    const viewport = getViewportForBounds(bounds, width, height, least, 1.25, 0.05)
    void setViewport(viewport)
    fitted.current = { placement, viewport: JSON.stringify(viewport) }
  }, [placement, width, height, setViewport])
  useEffect(() => {
    const before = fitted.current
    const moved = before?.placement === placement && before.viewport !== JSON.stringify(getViewport())
    if (width > 0 && height > 0 && !moved) fit()
  }, [placement, width, height, fit, getViewport])
  return <Controls showInteractive={false} showFitView onFitView={fit} />
}
