/** The way of a turn through the nodes: `memory → router → llm → output`. */
import type { TraceEntry } from '../core/events.ts'

/** Where an event went, with where it came from when that is not the step before. */
interface Step {
  readonly hop: TraceEntry
  readonly nodes: string[]
  readonly from: string | undefined
}

/** Collects the hops of one turn. */
export class TurnPath {
  readonly #steps: Step[] = []

  add(hop: TraceEntry): void {
    // What the agents that a node is made of do is not the way of this one.
    if (hop.to === null || hop.from.includes('/')) return
    const last = this.#steps.at(-1)
    // Targets of one event.
    if (last?.hop.from === hop.from && last.hop.eventType === hop.eventType && last.hop.time === hop.time) {
      last.nodes.push(hop.to)
      return
    }
    // A turn that goes on begins in its middle.
    const follows = last ? last.nodes.includes(hop.from) : hop.from === 'input'
    this.#steps.push({ hop, nodes: [hop.to], from: follows ? undefined : hop.from })
  }

  get isEmpty(): boolean {
    return this.#steps.length === 0
  }

  /** The path, each node in the words of `name`; `last` tells the latest visit of a node from earlier ones. */
  describe(name: (node: string, last: boolean) => string = (node) => node): string {
    const visits = this.#steps.flatMap(({ nodes }) => nodes)
    let visit = 0
    return this.#steps
      .map(({ nodes, from }, index) => {
        const targets = nodes.map((node) => name(node, visits.lastIndexOf(node) === visit++)).join(' + ')
        const separator = index === 0 ? '' : from === undefined ? ' → ' : ', '
        const arrow = from === undefined ? separator : `${separator}${from} → `
        return `${arrow}${targets}`
      })
      .join('')
  }
}
