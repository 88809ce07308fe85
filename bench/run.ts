/** One measurement in one process: `node run.js <workload> [engine]` prints the times as one line of JSON. */
import { adapters } from './adapters/index.ts'
import { workloads } from './workloads/index.ts'

const [id = '', engine] = process.argv.slice(2)
const workload = workloads[id]
if (!workload) throw new Error(`'${id}' is no workload: ${Object.keys(workloads).join(', ')}`)
const measured = await workload.measure(adapters.filter(({ name }) => engine === undefined || name === engine))
process.stdout.write(`${JSON.stringify(measured)}\n`)
