/** What a workload's runs come to, and how it is shown. */
import { reference as rawXState } from './adapters/index.ts'
import { median, quantile, rounded } from './statistics.ts'
import type { Measured, Workload } from './workloads/workload.ts'

/** One engine on one workload. Times are microseconds per unit. */
export interface Result {
  readonly workload: string
  readonly title: string
  readonly engine: string
  readonly unit: Workload['unit']
  /** The median over the runs of each run's median. */
  readonly time: number
  readonly p10: number
  readonly p90: number
  readonly cpu: number
  /** Bytes passed to write calls per unit: the median of all batches; undefined where nothing is stored. */
  readonly written: number | undefined
  /** What ratios are taken to. */
  readonly reference: string
  /** To the reference engine: the median over the runs of the median ratio of batches taken side by side. */
  readonly ratio: number
  readonly cpuRatio: number
  /** Lowest and highest ratio of a run. */
  readonly ratioOfRuns: readonly [number, number]
  readonly runs: number
}

/** Puts the runs of a workload together; each run has the samples of all engines. */
export function resultsOf(
  id: string,
  { title, unit, reference = rawXState }: Workload,
  runs: readonly Measured[],
): Result[] {
  return Object.keys(runs[0] ?? {}).map((engine) => {
    const of = (run: Measured, name: string, what: 'time' | 'cpu'): number[] =>
      (run[name] ?? []).map((one) => one[what])
    const medians = (what: 'time' | 'cpu'): number[] => runs.map((run) => median(of(run, engine, what)))
    const ratios = (what: 'time' | 'cpu'): number[] =>
      runs.map((run) => {
        const to = of(run, reference, what)
        return median(of(run, engine, what).map((value, index) => value / (to[index] ?? Number.NaN)))
      })
    const written = runs.flatMap((run) => (run[engine] ?? []).flatMap((one) => one.written ?? []))
    const times = runs.flatMap((run) => of(run, engine, 'time'))
    return {
      workload: id,
      title,
      engine,
      unit,
      time: rounded(median(medians('time'))),
      p10: rounded(quantile(times, 0.1)),
      p90: rounded(quantile(times, 0.9)),
      cpu: rounded(median(medians('cpu'))),
      written: written.length > 0 ? rounded(median(written)) : undefined,
      reference,
      ratio: rounded(median(ratios('time'))),
      cpuRatio: rounded(median(ratios('cpu'))),
      ratioOfRuns: [rounded(Math.min(...ratios('time'))), rounded(Math.max(...ratios('time')))],
      runs: runs.length,
    }
  })
}

/** One table for all workloads. */
export function tableOf(results: readonly Result[]): string {
  const head = ['workload', 'engine', 'median', 'p10 – p90', 'CPU', 'written', 'time to', 'by run', 'CPU to it']
  const rows = results.map((result) => [
    `${result.workload} ${result.title}`,
    result.engine,
    `${result.time} µs/${result.unit}`,
    `${result.p10} – ${result.p90}`,
    `${result.cpu}`,
    result.written === undefined ? '' : `${result.written} B`,
    `${result.ratio} × ${result.reference}`,
    result.ratioOfRuns.join(' – '),
    `${result.cpuRatio} ×`,
  ])
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n')
}
