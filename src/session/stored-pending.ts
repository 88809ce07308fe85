/** What a stored session waits for, read from its checkpoint without its agent. */
import type { HeldEvent } from '../actor/held-event.ts'
import type { PendingWork, TurnResult } from '../core/turn.ts'
import type { Checkpoint, PersistedNode } from './checkpoint.ts'
import { nestedOf } from './nested-checkpoints.ts'
import { pendingOf } from './node-actors.ts'
import { resultOf } from './turn-ledger.ts'

/** What a session holds for a person or a signal. */
export function storedPending(checkpoint: Checkpoint): (PendingWork & { readonly traceId: string })[] {
  const nested = nestedOf(checkpoint).flatMap(({ path, session }) => {
    const [node = ''] = path.split('/')
    const traceId = persistedNodes(checkpoint)[node]?.current?.event.traceId ?? ''
    return heldIn(session, `${path}/`).map((held) => ({ ...held, traceId }))
  })
  return [...nested, ...heldIn(checkpoint, '')]
}

function heldIn(checkpoint: Checkpoint, prefix: string): (PendingWork & { readonly traceId: string })[] {
  return Object.entries(persistedNodes(checkpoint)).flatMap(([node, { held = [] }]) =>
    (held as readonly HeldEvent[]).map((each) => ({
      ...pendingOf(prefix + node, each),
      traceId: each.event.traceId,
    })),
  )
}

/** The turns that wait for a person or a signal, as their clients were told. */
export function storedWaits(checkpoint: Checkpoint): TurnResult[] {
  const waiting = checkpoint.turns.filter(({ status }) => status === 'waiting')
  if (waiting.length === 0) return []
  const pending = storedPending(checkpoint)
  return waiting.map((turn) =>
    resultOf(
      turn,
      pending.flatMap(({ traceId, ...work }) => (traceId === turn.traceId ? [work] : [])),
    ),
  )
}

/** The nodes of a checkpoint as they are stored. */
export function persistedNodes({ snapshot }: Checkpoint): Record<string, PersistedNode> {
  const { children } = snapshot as unknown as { children: Record<string, { snapshot: PersistedNode }> }
  return Object.fromEntries(Object.entries(children).map(([node, child]) => [node, child.snapshot]))
}
