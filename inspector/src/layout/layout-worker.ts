/** The layout engine in its worker: 1.6 MB that the page neither loads first nor waits for. */
import ELK from 'elkjs/lib/elk-api.js'
import workerUrl from 'elkjs/lib/elk-worker.min.js?url'
import { layoutGraph } from './elk-layout.ts'
import type { LayoutGraph, Placement } from './graph.ts'

let engine: InstanceType<typeof ELK> | undefined

/** Places a graph in the worker, which starts with the first one. */
export function layoutInWorker(graph: LayoutGraph): Promise<Placement> {
  engine ??= new ELK({ workerFactory: () => new Worker(workerUrl) })
  return layoutGraph(engine, graph)
}
