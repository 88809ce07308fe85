/** A node of the agent: name, kind, status, what waits, how long it takes, what it used. */
import { Handle, Position, type NodeProps } from '@xyflow/react'
import { memo, useRef } from 'react'
import { useSession } from '../context.ts'
import { nodeKey } from '../feed/lights.ts'
import { useLit } from '../feed/use-lit.ts'
import { countText, durationText } from '../parts/words.ts'

/** The box. */
export const GraphNodeBox = memo(function GraphNodeBox({ id, data, selected }: NodeProps) {
  const { data: session, state } = useSession()
  const element = useRef<HTMLDivElement>(null)
  useLit(session.lights, [nodeKey(id)], element)
  const kind = String(data['kind'])
  const node = state.nodes[id]
  return (
    <div
      ref={element}
      className={kind === 'port' ? 'graph-port' : 'graph-node'}
      data-status={node?.status ?? 'idle'}
      data-selected={selected || undefined}
      data-node={id}
    >
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className="graph-node-head">
        <span className="graph-node-name cut">{id}</span>
        {kind !== 'port' && kind !== id && <span className="graph-node-kind cut">{kind}</span>}
      </div>
      {node && (
        <>
          <div className="graph-node-line">
            <span className="status-dot" data-status={node.status} />
            <span className="graph-node-status">{node.status}</span>
            <span className="grow" />
            {node.held.length > 0 && (
              <span className="badge" data-status="waiting">
                holds {node.held.length}
              </span>
            )}
            {node.inbox.length > 0 && (
              <span className="badge" data-status="running">
                inbox {countText(node.inbox.length)}
              </span>
            )}
            {node.stats.failed > 0 && (
              <span className="badge" data-status="failed">
                {countText(node.stats.failed)} failed
              </span>
            )}
          </div>
          <div className="graph-node-line dim number">
            {node.stats.handled === 0 ? (
              <span>—</span>
            ) : (
              <>
                <span title="events handled">{countText(node.stats.handled)}×</span>
                <span title="time of the last one">{durationText(node.stats.lastTime)}</span>
              </>
            )}
            <span className="grow" />
            {node.stats.usage.totalTokens > 0 && (
              <span title="tokens">{countText(node.stats.usage.totalTokens)} tok</span>
            )}
          </div>
        </>
      )}
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  )
})
