/**
 * Keeps steps from getting dearer, without a clock: time on a shared machine varies by more than a regression is worth.
 * What is counted is the same in every run.
 *
 * - `calls`: JavaScript functions called, in Troupe, XState, zod and the adapter, by V8's precise coverage. The nearest
 *   thing to work done; exact.
 * - `promises` and `ticks`: promises made and reactions run, by async_hooks; exact.
 * - `bytes`: what was allocated with the optimizing compiler off and no collection in between, as a multiple of raw
 *   XState in the same process, since object sizes differ between versions of Node. It varies by less than 1 %.
 *
 * What they do not see is work inside built-in functions that neither calls back nor allocates.
 *
 * The budgets are the counts of the day plus 3 %. When one is exceeded, look for what was added to the step; raise it
 * only for what is worth it. When a step gets cheaper, lower it.
 */
import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import type { Counts } from '../../bench/count-steps.ts'

type Costs = Record<'step' | 'chunk', Counts>

/** How far budgets are above the counts of the day. */
const margin = 1.03

// Bytes as a multiple of raw XState.
const budgets: Costs = {
  // Of the calls, 9 came with supervision, approval, budgets, steering and nested agents, which a step has to ask about.
  step: { bytes: 0.98, calls: 291, promises: 6.14, ticks: 3.1 },
  chunk: { bytes: 1.335, calls: 114, promises: 6.21, ticks: 3.11 },
}

/** What an inspector that nobody looks at may add, as a multiple of the same without one. */
const inspectable: Costs = {
  step: { bytes: 1.085, calls: 1.2, promises: 1, ticks: 1 },
  chunk: { bytes: 1.03, calls: 1.17, promises: 1, ticks: 1 },
}

test(
  'a step and a streamed chunk cost no more than their budget, and little more with an inspector',
  { timeout: 60_000 },
  async () => {
    const { troupe, xstate, inspectable: inspected } = await countSteps()
    expect(faultsOf(relative(troupe, xstate), budgets)).toEqual([])
    expect(
      faultsOf({ step: over(inspected.step, troupe.step), chunk: over(inspected.chunk, troupe.chunk) }, inspectable),
    ).toEqual([])
  },
)

test('a step that is 10 % dearer exceeds its budget', () => {
  const scaled = ({ bytes, calls, promises, ticks }: Counts, by: number): Counts => ({
    bytes: bytes * by,
    calls: calls * by,
    promises: promises * by,
    ticks: ticks * by,
  })
  const costs = { step: scaled(budgets.step, 1.1 / margin), chunk: scaled(budgets.chunk, 1 / margin) }
  expect(faultsOf(costs, budgets).map((fault) => fault.split(':')[0])).toEqual([
    'bytes per step',
    'calls per step',
    'promises per step',
    'ticks per step',
  ])
})

function faultsOf(costs: Costs, most: Costs): string[] {
  return (['step', 'chunk'] as const).flatMap((unit) =>
    (['bytes', 'calls', 'promises', 'ticks'] as const)
      .filter((what) => costs[unit][what] > most[unit][what])
      .map((what) => `${what} per ${unit}: ${costs[unit][what].toFixed(2)}, the budget is ${most[unit][what]}`),
  )
}

function over(dearer: Counts, base: Counts): Counts {
  return {
    bytes: dearer.bytes / base.bytes,
    calls: dearer.calls / base.calls,
    promises: dearer.promises / base.promises,
    ticks: dearer.ticks / base.ticks,
  }
}

function relative(troupe: Costs, xstate: Costs): Costs {
  return {
    step: { ...troupe.step, bytes: troupe.step.bytes / xstate.step.bytes },
    chunk: { ...troupe.chunk, bytes: troupe.chunk.bytes / xstate.chunk.bytes },
  }
}

/** Builds the package and the benchmarks as users get them, apart from the repository, and counts in a process of its own. */
async function countSteps(): Promise<Record<'troupe' | 'xstate' | 'inspectable', Costs>> {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const copy = await mkdtemp(join(tmpdir(), 'troupe-step-cost-'))
  const run = promisify(execFile)
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const compile = (project: string, output: string): Promise<unknown> =>
    run(process.execPath, [tsc, '-p', join(root, project), '--outDir', join(copy, output), '--noCheck'])
  try {
    await cp(join(root, 'package.json'), join(copy, 'package.json'))
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
    await compile('tsconfig.build.json', 'dist')
    await compile('bench/tsconfig.json', 'bench')
    const flags = ['--expose-gc', '--no-opt', '--min-semi-space-size=256', '--max-semi-space-size=256']
    const env = { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' }
    const { stdout } = await run(process.execPath, [...flags, join(copy, 'bench/count-steps.js')], { env })
    return JSON.parse(stdout) as Record<'troupe' | 'xstate' | 'inspectable', Costs>
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}
