/** Agents and stores of the pool's tests. */
import { rmSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { setupAgent, type Agent } from '../setup/engine.ts'
import type { Store } from '../../src/core/store.ts'
import { openStore } from '../../src/store/open-store.ts'
import { gate, type Gate } from '../setup/gate.ts'
import { echo, played, soloAgent } from '../session/agents.ts'

/** A SQLite file of a test, deleted with it. */
export interface StoreFile extends AsyncDisposable {
  /** Opens the file; one that was opened before is closed first. */
  open(): Promise<Store>
}

export function storeFile(): StoreFile {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-pool-'))
  let store: Store | undefined
  return {
    async open() {
      await store?.close()
      store = await openStore(`sqlite:${join(folder, 'troupe.db')}`)
      return store
    },
    async [Symbol.asyncDispose]() {
      await store?.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** An agent that says its message again, and holds each one that begins with `hold` until its gate is opened. */
export function gatedAgent(): {
  readonly agent: Agent
  /** The messages whose handlers began, in order. */
  readonly begun: string[]
  gate(text: string): Gate
} {
  const gates = new Map<string, Gate>()
  const begun: string[] = []
  const gateOf = (text: string): Gate => {
    const known = gates.get(text) ?? gate()
    gates.set(text, known)
    return known
  }
  const agent = soloAgent(async (text, runtime) => {
    begun.push(text)
    if (text.startsWith('hold')) {
      const aborted = new Promise((_resolve, reject) =>
        runtime.signal.addEventListener('abort', () => reject(runtime.signal.reason as Error)),
      )
      await Promise.race([gateOf(text).pass(), aborted])
    }
    runtime.emit('said', { text })
  })
  return { agent, begun, gate: gateOf }
}

/** An agent that holds every message until it is approved; after an hour it gives up on it. */
export function deskAgent(): Agent {
  const chart = setupAgent({
    id: 'desk',
    version: 1,
    nodes: { worker: played(echo) },
    inputs: { approve: z.null(), poke: z.null() },
    delays: { patience: 3_600_000 },
  })
  return chart.createAgent({
    initial: 'listening',
    on: { 'worker.said': { actions: chart.deliver('output') } },
    states: {
      listening: { on: { 'input.user_input': { target: 'asking', actions: chart.hold('worker') } } },
      asking: {
        on: { 'input.approve': { target: 'listening', actions: chart.release('worker') } },
        after: { patience: { target: 'listening', actions: chart.drop('worker') } },
      },
    },
  }) as unknown as Agent
}
