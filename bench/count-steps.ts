/**
 * Counts what a step costs without a clock, for test/bench: prints one line of JSON with the counts of Troupe, of raw
 * XState, and of Troupe with an inspector that nobody looks at. Start it as `node --expose-gc --no-opt --min-semi-space-size=256 --max-semi-space-size=256`:
 * without the optimizing compiler, whose timing decides which objects are never made, and with a young generation so
 * large that nothing is collected while bytes are counted.
 */
import { createHook } from 'node:async_hooks'
import { Session } from 'node:inspector/promises'
import { PerformanceObserver } from 'node:perf_hooks'
import { createInspector } from 'troupe'
import type { Adapter } from './adapters/adapter.ts'
import { rawXState } from './adapters/xstate.ts'
import { openTroupe, troupe } from './adapters/troupe.ts'
import { stepsPerTurn, userText } from './conversation.ts'
import { collectGarbage } from './process.ts'

/** What a step, or a streamed chunk, takes. */
export interface Counts {
  /** Allocated on the heap. */
  readonly bytes: number
  /** Calls of JavaScript functions outside of Node itself: the engine's, its packages' and the adapter's. */
  readonly calls: number
  readonly promises: number
  /** Promise reactions that ran. */
  readonly ticks: number
}

const rounds = 10
const pieces = 1000

/** Runs `work` once for each count, each on its own, since counting one disturbs the others. */
async function countsOf(work: () => Promise<void>, units: number): Promise<Counts> {
  for (let warm = 0; warm < 5; warm++) await work()
  const bytes = await allocatedBy(work)
  const calls = await callsOf(work)
  const { promises, ticks } = await promisesOf(work)
  const perUnit = (count: number): number => Number((count / units).toFixed(3))
  return { bytes: perUnit(bytes), calls: perUnit(calls), promises: perUnit(promises), ticks: perUnit(ticks) }
}

async function allocatedBy(work: () => Promise<void>): Promise<number> {
  const windows: number[] = []
  for (let window = 0; window < 5; window++) windows.push(await heapGrowth(work))
  // What differs between windows is Node's own and comes on top.
  return Math.min(...windows)
}

async function heapGrowth(work: () => Promise<void>): Promise<number> {
  const collections = new PerformanceObserver(() => {})
  await collectGarbage()
  collections.observe({ entryTypes: ['gc'] })
  const before = process.memoryUsage().heapUsed
  await work()
  const after = process.memoryUsage().heapUsed
  const seen = collections.takeRecords().length
  collections.disconnect()
  if (seen > 0) throw new Error(`${seen} garbage collections while bytes were counted: enlarge the young generation`)
  return after - before
}

async function callsOf(work: () => Promise<void>): Promise<number> {
  const inspector = new Session()
  inspector.connect()
  await inspector.post('Profiler.enable')
  await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await inspector.post('Profiler.takePreciseCoverage')
  await work()
  const { result } = await inspector.post('Profiler.takePreciseCoverage')
  inspector.disconnect()
  let calls = 0
  for (const { url, functions } of result) {
    if (url.startsWith('node:')) continue
    for (const { ranges } of functions) calls += ranges[0]?.count ?? 0
  }
  return calls
}

async function promisesOf(work: () => Promise<void>): Promise<{ promises: number; ticks: number }> {
  let promises = 0
  let ticks = 0
  const own = new Set<number>()
  const hook = createHook({
    init(id, type) {
      if (type !== 'PROMISE') return
      promises++
      own.add(id)
    },
    before(id) {
      if (own.has(id)) ticks++
    },
  })
  hook.enable()
  await work()
  hook.disable()
  return { promises, ticks }
}

async function countsOfEngine({ open }: Pick<Adapter, 'open'>): Promise<{ step: Counts; chunk: Counts }> {
  let session = 0
  const loop = open({ rounds, delay: 0, pieces: 0 })
  const streamer = open({ rounds: 0, delay: 0, pieces })
  const turns = 20
  const step = await countsOf(
    async () => {
      for (let turn = 0; turn < turns; turn++) await loop.turn(`s${++session}`, userText)
    },
    turns * stepsPerTurn(rounds),
  )
  const chunk = await countsOf(() => streamer.stream(`s${++session}`, userText, () => {}), pieces)
  return { step, chunk }
}

// The last one changes guards of its own agents only.
const inspector = createInspector()
const counts = {
  troupe: await countsOfEngine(troupe),
  xstate: await countsOfEngine(rawXState),
  inspectable: await countsOfEngine({ open: (options) => openTroupe(options, inspector) }),
}
process.stdout.write(`${JSON.stringify(counts)}\n`)
