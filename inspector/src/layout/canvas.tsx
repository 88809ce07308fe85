/** The surface on which graph and statechart are drawn: panned, zoomed, fitted again when its size or drawing changes. */
import {
  Controls,
  ReactFlow,
  useReactFlow,
  useStore,
  type Edge,
  type EdgeTypes,
  type Node,
  type NodeTypes,
} from '@xyflow/react'
import { useEffect, useRef } from 'react'

interface Props {
  readonly label: string
  readonly nodes: Node[]
  readonly edges: Edge[]
  readonly nodeTypes: NodeTypes
  readonly edgeTypes: EdgeTypes
  /** Changes with the drawing. */
  readonly drawing: unknown
  readonly onSelectNode: (node: Node | undefined) => void
  /** Below the drawing. */
  readonly children?: React.ReactNode
}

const fit = { padding: 0.06, maxZoom: 1.25, minZoom: 0.2 }

/** The surface. */
export function Canvas({ label, nodes, edges, nodeTypes, edgeTypes, drawing, onSelectNode, children }: Props) {
  return (
    <div className="canvas" role="group" aria-label={label}>
      <div className="canvas-surface">
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          fitView
          fitViewOptions={fit}
          minZoom={0.1}
          maxZoom={3}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable
          edgesFocusable={false}
          elementsSelectable
          elevateNodesOnSelect={false}
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          onNodeClick={(_, node) => onSelectNode(node)}
          onPaneClick={() => onSelectNode(undefined)}
          onSelectionChange={({ nodes: [chosen] }) => {
            // Chosen with the keyboard.
            if (chosen) onSelectNode(chosen)
          }}
        >
          <Refit drawing={drawing} />
          <Controls showInteractive={false} fitViewOptions={fit} />
        </ReactFlow>
      </div>
      {children}
    </div>
  )
}

/** Fits the drawing in again, until the person has moved it. */
function Refit({ drawing }: { readonly drawing: unknown }) {
  const { fitView, getViewport } = useReactFlow()
  const width = useStore((state) => state.width)
  const height = useStore((state) => state.height)
  const left = useRef('')
  const drawn = useRef<unknown>(undefined)
  useEffect(() => {
    const at = () => JSON.stringify(getViewport())
    const moved = left.current !== '' && left.current !== at()
    if (moved && drawn.current === drawing) return
    drawn.current = drawing
    void fitView(fit).then(() => {
      left.current = at()
    })
  }, [drawing, width, height, fitView, getViewport])
  return null
}
