/** Lays a graph out in the worker and keeps what is shown until the next layout is there. */
import { useEffect, useState } from 'react'
import type { LayoutGraph, Placement } from './graph.ts'
import { layoutInWorker } from './layout-worker.ts'

/** What is known of a layout. */
export type LayoutOutcome =
  | { readonly status: 'busy' }
  | { readonly status: 'ready'; readonly placement: Placement; readonly graph: LayoutGraph }
  | { readonly status: 'failed'; readonly message: string }

/** The layout of a graph; keep the graph the same object as long as it does not change. */
export function useLayout(graph: LayoutGraph | undefined): LayoutOutcome {
  const [outcome, setOutcome] = useState<LayoutOutcome>({ status: 'busy' })
  useEffect(() => {
    if (!graph) return
    let current = true
    layoutInWorker(graph).then(
      (placement) => current && setOutcome({ status: 'ready', placement, graph }),
      (error: unknown) =>
        current && setOutcome({ status: 'failed', message: String(error instanceof Error ? error.message : error) }),
    )
    return () => {
      current = false
    }
  }, [graph])
  return outcome
}
