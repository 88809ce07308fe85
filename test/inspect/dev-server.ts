/**
 * For work on the page: `npx tsx --tsconfig tsconfig.json test/inspect/dev-server.ts [--port 4170] [--record feed.jsonl]`
 * serves inspector/dist and the feed of live sessions of the example agents; with --record it writes the frames that a
 * client gets while they do their work, one a line, and ends.
 */
import { createWriteStream } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'
import { createInspector, openSession } from 'troupe'
import assistant from '../../machines/assistant/agent.ts'
import { refundDesk } from '../../machines/refund-desk/agent.ts'
import { memoryLedger } from '../../machines/refund-desk/ledger.ts'
import type { ClientFrame, ServerFrame } from '../../src/inspect/protocol.ts'
import { serveInspector } from './inspect-server.ts'

const { values } = parseArgs({ options: { port: { type: 'string' }, record: { type: 'string' } } })

const inspector = createInspector()
const page = fileURLToPath(new URL('../../inspector/dist', import.meta.url))
const server = await serveInspector(inspector, { port: Number(values.port ?? 4170), page })

const helper = await openSession(assistant, { id: 'assistant-1', inspector })
const desk = await openSession(refundDesk(memoryLedger()), { id: 'refund-1', inspector })

if (values.record === undefined) {
  console.log(`page  http://127.0.0.1:${server.port}/inspector/\nfeed  ${server.url}`)
  await converse()
} else {
  await record(values.record)
}

/** Gives both sessions something to show: an answer, tools, documents, a refund that waits. */
async function converse(): Promise<void> {
  for (const text of ['What is 17 * 23?', 'How do edges work in Troupe?', 'What did I ask first?'])
    await helper.send(text).result
  await desk.send('What is order A-17?').result
  await desk.send('Please refund 20 euros of order A-17').result
}

async function record(path: string): Promise<void> {
  const lines = createWriteStream(path)
  const socket = new WebSocket(server.url)
  const ask = (frame: ClientFrame): void => socket.send(JSON.stringify(frame))
  socket.on('message', (data) => {
    const text = String(data as Buffer)
    lines.write(`${text}\n`)
    const frame = JSON.parse(text) as ServerFrame
    if (frame.type === 'error') console.error(frame.error)
  })
  await new Promise((resolve) => socket.once('open', resolve))
  const messages = desk.id
  ask({ type: 'sessions', id: 1 })
  ask({ type: 'subscribe', id: 2, session: helper.id })
  ask({ type: 'subscribe', id: 3, session: desk.id })
  await converse()
  const [waiting] = desk.pending()
  ask({
    type: 'act',
    id: 4,
    session: desk.id,
    act: { kind: 'signal', type: 'approve', data: { callId: waiting?.undecided[0] ?? '' } },
  })
  await desk.idle()
  ask({ type: 'messages', id: 5, session: messages })
  ask({ type: 'history', id: 6, session: helper.id, before: Number.MAX_SAFE_INTEGER })
  // What was asked for is answered, and the last batch sent.
  await new Promise((resolve) => setTimeout(resolve, 500))
  socket.close()
  await Promise.all([helper.stop(), desk.stop(), server.close()])
  lines.end()
}
