/**
 * What an inspector costs a session: W1's turns with none, with one that nobody has connected to, and with a client in
 * another process that looks at the session over a WebSocket. Block follows block of the three in one process, for
 * statecharts with 0, 5 and 50 kB in their context, to which every answer of the model adds.
 *
 *   npm run bench:inspector [-- --blocks 24 --sizes 0,5000,50000]
 *
 * What is compared is the processor's time, user and system, of the process with the sessions: on a shared machine the
 * time on the clock says more of the neighbours. A block's time has all that it caused: what the client has not been sent
 * at its end is sent within it.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextMacrotask } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { assign } from 'xstate'
import { WebSocket, WebSocketServer } from 'ws'
import {
  createInspector,
  defineNode,
  InspectorFeed,
  MessageWindow,
  z,
  openSession,
  setupAgent,
  textOf,
  type Inspector,
  type Session,
} from 'troupe'
import { toolLoop } from './adapters/troupe.ts'
import { stepsPerTurn, userText } from './conversation.ts'
import { median } from './statistics.ts'
import { collectGarbage } from './process.ts'

const rounds = 10
const turnsInBlock = 200

/** The client: reads all that it is sent. */
async function look(): Promise<void> {
  const socket = new WebSocket(process.argv[2] ?? '')
  let [records, bytes, skipped] = [0, 0, 0]
  socket.on('message', (data) => {
    const text = String(data as Buffer)
    bytes += text.length
    const frame = JSON.parse(text) as { type: string; records?: unknown[]; skipped?: number }
    if (frame.type === 'subscribed') process.send?.('ready')
    records += frame.records?.length ?? 0
    skipped += frame.skipped ?? 0
  })
  await once(socket, 'open')
  socket.send(JSON.stringify({ type: 'subscribe', id: 1, session: 'attached' }))
  process.on('message', () => process.send?.({ records, bytes, skipped }))
  process.on('disconnect', () => process.exit(0))
}

async function compare(): Promise<void> {
  const { values } = parseArgs({
    options: { blocks: { type: 'string', default: '24' }, sizes: { type: 'string', default: '0,5000,50000' } },
  })
  console.log('context   none       available        attached         records/step   bytes/record   left out')
  for (const size of values.sizes.split(',')) console.log(await measure(Number(size), Number(values.blocks)))
  process.exit(0)
}

async function measure(size: number, blocks: number): Promise<string> {
  const agents = [agentOf(size), agentOf(size), agentOf(size)] as const
  const quiet = createInspector()
  const watched = createInspector()
  const server = await serve(watched)
  const sessions = [
    await openSession(agents[0], { id: 'none' }),
    await openSession(agents[1], { id: 'available', inspector: quiet }),
    await openSession(agents[2], { id: 'attached', inspector: watched }),
  ] as const
  const client = fork(fileURLToPath(import.meta.url), [server.url])
  await once(client, 'message')

  const run = async (session: Session, inspector?: Inspector): Promise<number> => {
    const start = process.cpuUsage()
    for (let turn = 0; turn < turnsInBlock; turn++) {
      await session.send(userText).result
      // Where there is a model there is a network: timers and sockets get their turn.
      await nextMacrotask()
    }
    const watch = inspector?.find(session.id)
    if (watch) inspector?.flush(watch)
    const { user, system } = process.cpuUsage(start)
    return (user + system) / turnsInBlock / stepsPerTurn(rounds)
  }
  const times: [number[], number[], number[]] = [[], [], []]
  for (let block = -4; block < blocks; block++) {
    const order = block % 2 === 0 ? [0, 1, 2] : [2, 1, 0]
    for (const index of order as (0 | 1 | 2)[]) {
      await collectGarbage()
      const time = await run(sessions[index], index === 2 ? watched : undefined)
      if (block >= 0) times[index].push(time)
    }
  }
  const seen = await ask(client)
  client.disconnect()
  await Promise.all(sessions.map((session) => session.stop()))
  await server.close()
  const steps = (blocks + 4) * turnsInBlock * stepsPerTurn(rounds)
  const [none, available, attached] = times.map(median) as [number, number, number]
  // Of each block to the blocks beside it: what disturbs the machine for longer disturbs all three.
  const ratio = (own: number[]): string =>
    median(times[0].map((time, block) => time / (own[block] as number))).toFixed(2)
  return [
    `${size / 1_000} kB`.padEnd(9),
    `${none.toFixed(1)} µs`.padEnd(10),
    `${available.toFixed(1)} µs ${ratio(times[1])} ×`.padEnd(16),
    `${attached.toFixed(1)} µs ${ratio(times[2])} ×`.padEnd(16),
    (((seen.records + seen.skipped) / steps).toFixed(2) ?? '').padEnd(14),
    (seen.bytes / seen.records).toFixed(0).padEnd(14),
    `${((100 * seen.skipped) / (seen.records + seen.skipped)).toFixed(0)} %`,
  ].join(' ')
}

async function ask(client: ChildProcess): Promise<{ records: number; bytes: number; skipped: number }> {
  await new Promise((resolve) => setTimeout(resolve, 500))
  client.send('report')
  const [answer] = (await once(client, 'message')) as [{ records: number; bytes: number; skipped: number }]
  return answer
}

async function serve(inspector: Inspector): Promise<{ url: string; close(): Promise<void> }> {
  const feed = new InspectorFeed(inspector)
  const http = createServer()
  const sockets = new WebSocketServer({ server: http })
  sockets.on('connection', (socket) => {
    const connection = feed.connect(socket)
    socket.on('message', (data) => connection.receive(String(data as Buffer)))
    socket.on('close', () => connection.closed())
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}`,
    async close() {
      feed.close()
      inspector.close()
      sockets.close()
      await new Promise((resolve) => http.close(resolve))
    },
  }
}

interface Kept {
  readonly answers: number
  readonly history: readonly { readonly role: string; readonly content: string }[]
}

/** Shows the model the present turn only: each turn of the long session is like the first one of W1. */
const memory = defineNode({
  input: z.string(),
  emits: { memory_ready: z.object({ window: MessageWindow }) },
  async run({ data }, runtime) {
    runtime.append({ role: 'user', content: data })
    runtime.emit('memory_ready', { window: await runtime.window({ limit: 1 }) })
  },
})

/** The tool loop as a statechart whose context has a history of about so many bytes. */
function agentOf(size: number) {
  const message = { role: 'assistant', content: 'x'.repeat(200) }
  const length = Math.round(size / 230)
  const { llm, tools } = toolLoop({ rounds, delay: 0, pieces: 0 }).nodes
  const chart = setupAgent({
    id: 'tool_loop',
    version: 1,
    types: {} as { context: Kept },
    nodes: { memory, llm, tools },
  })
  const keep = assign(({ context }: { context: Kept }) => ({
    answers: context.answers + 1,
    history: length === 0 ? context.history : [...context.history.slice(-length + 1), message],
  }))
  return chart.createAgent({
    context: { answers: 0, history: Array.from({ length }, () => message) },
    on: {
      'input.user_input': { actions: chart.deliver('memory', textOf) },
      'memory.memory_ready': { actions: chart.deliver('llm') },
      'llm.tool_call': { actions: [keep as never, chart.deliver('tools')] },
      'tools.tool_result': { actions: chart.deliver('llm') },
      'llm.llm_result': { actions: [keep as never, chart.deliver('output')] },
    },
  })
}

if (process.send) await look()
else await compare()
