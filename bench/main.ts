/** `npm run bench -- [workload…] [--repeat <runs>] [--json]`: see README.md. */
import { execFile } from 'node:child_process'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { adapters } from './adapters/index.ts'
import { resultsOf, tableOf, type Result } from './report.ts'
import { workloads } from './workloads/index.ts'
import type { Measured, Workload } from './workloads/workload.ts'

const program = fileURLToPath(new URL('run.js', import.meta.url))

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { repeat: { type: 'string' }, json: { type: 'boolean', default: false } },
})
const unknown = positionals.filter((id) => !workloads[id])
if (unknown.length > 0) fail(`no such workload: ${unknown.join(', ')}; there are ${Object.keys(workloads).join(', ')}`)
if (values.repeat !== undefined && !/^[1-9]\d*$/.test(values.repeat)) fail('--repeat takes a number of runs')

const machine = `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`
if (!values.json) console.log(`${machine}, load ${loadavg()[0]?.toFixed(1)}\n`)
const results: Result[] = []
for (const id of positionals.length > 0 ? positionals : Object.keys(workloads)) {
  const workload = workloads[id] as Workload
  const runs: Measured[] = []
  for (let run = 0; run < Number(values.repeat ?? workload.repeat); run++) {
    if (process.stderr.isTTY) process.stderr.write(`\r${id} run ${run + 1} `)
    runs.push(await measureOnce(id, workload))
  }
  results.push(...resultsOf(id, workload, runs))
}
if (process.stderr.isTTY) process.stderr.write('\r')
if (values.json) for (const result of results) console.log(JSON.stringify({ ...result, node: process.version }))
else console.log(tableOf(results))

/** The times of all engines, in one process or one after another in their own. */
async function measureOnce(id: string, workload: Workload): Promise<Measured> {
  if (workload.process === 'shared') return inFreshProcess(id)
  const measured: Measured = {}
  for (const { name } of adapters) Object.assign(measured, await inFreshProcess(id, name))
  return measured
}

async function inFreshProcess(...args: string[]): Promise<Measured> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program, ...args], {
    env: { ...process.env, NODE_ENV: 'production' },
  })
  return JSON.parse(stdout) as Measured
}

function fail(reason: string): never {
  console.error(`bench: ${reason}`)
  process.exit(2)
}
