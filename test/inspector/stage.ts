/** Sessions for the page to show: at rest, waiting, failed, nested and parallel, empty, with markup, and very many records. */
import {
  createInspector,
  decisionNode,
  defineAgent,
  defineNode,
  llmNode,
  memoryNode,
  openSession,
  setupAgent,
  z,
} from 'troupe'
import type { Inspector, InspectorOptions, Session } from 'troupe'
import { hold, scriptedModel } from 'troupe/testing'
import { fileURLToPath } from 'node:url'
import assistant from '../../machines/assistant/agent.ts'
import { refundDesk } from '../../machines/refund-desk/agent.ts'
import { memoryLedger } from '../../machines/refund-desk/ledger.ts'
import { StatelyFeed } from '../../src/inspect/stately-feed.ts'
import { serveInspector, type InspectServer } from '../inspect/inspect-server.ts'

/** A served page with an inspector. */
export interface Stage {
  readonly inspector: Inspector
  readonly server: InspectServer
  /** Of the page. */
  readonly url: string
  /** Stopped with the stage. */
  readonly sessions: Session[]
  stop(): Promise<void>
}

/** The strictest policy that a page with its own files only can have; `troupe serve` may send it. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Serves the built page; `port` 0 takes any. */
export async function openStage(port = 0, options: InspectorOptions = {}): Promise<Stage> {
  const inspector = createInspector(options)
  const official = new StatelyFeed(inspector)
  const page = fileURLToPath(new URL('../../inspector/dist', import.meta.url))
  const server = await serveInspector(inspector, {
    port,
    page,
    headers: { 'content-security-policy': policy },
    sockets: {
      '/inspect/stately': (socket) => {
        const connection = official.connect(socket)
        socket.on('message', (data) => connection.receive(String(data as Buffer)))
        socket.on('close', () => connection.closed())
      },
    },
  })
  const sessions: Session[] = []
  return {
    inspector,
    server,
    url: `http://127.0.0.1:${server.port}/inspector/`,
    sessions,
    async stop() {
      await Promise.all(sessions.map((session) => session.stop()))
      await server.close()
    },
  }
}

/** The example assistant with the offline model. */
export async function openAssistant({ inspector, sessions }: Stage, id = 'assistant-1'): Promise<Session> {
  const session = await openSession(assistant, { id, inspector })
  sessions.push(session)
  return session
}

/** The example refund desk; with a question asked it waits for a decision. */
export async function openRefundDesk({ inspector, sessions }: Stage, id = 'refund-1'): Promise<Session> {
  const session = await openSession(refundDesk(memoryLedger()), { id, inspector })
  sessions.push(session)
  return session
}

const callCentre = setupAgent({
  id: 'call_centre',
  version: 3,
  nodes: { memory: memoryNode(), llm: llmNode({ system: 'Answer.' }) },
  inputs: {
    pause: z.object({}),
    resume: z.object({}),
    escalate: z.object({ level: z.enum(['low', 'high']), note: z.string().optional() }),
  },
  delays: { patience: 600_000 },
})

/** A chart with nested and parallel states, tags, history and delays. */
export const callCentreAgent = callCentre.createAgent({
  type: 'parallel',
  on: {
    'input.user_input': { actions: callCentre.deliver('memory') },
    'memory.memory_ready': { actions: callCentre.deliver('llm') },
    'llm.llm_chunk': { actions: callCentre.deliver('output') },
  },
  states: {
    call: {
      initial: 'open',
      states: {
        open: {
          initial: 'listening',
          on: { 'input.pause': 'paused', 'input.escalate': '.escalated' },
          states: {
            listening: { on: { 'input.user_input': { target: 'answering', actions: callCentre.deliver('memory') } } },
            answering: {
              tags: ['busy'],
              on: { 'llm.llm_result': { target: 'listening', actions: callCentre.deliver('output') } },
            },
            escalated: { after: { patience: 'listening' } },
            last: { type: 'history' },
          },
        },
        paused: { on: { 'input.resume': 'open.last' } },
      },
    },
    mood: {
      initial: 'calm',
      states: {
        calm: { on: { 'input.escalate': 'tense' } },
        tense: { after: { patience: 'calm' } },
      },
    },
  },
})

/** A session of that chart. */
export async function openCallCentre({ inspector, sessions }: Stage, id = 'call-1'): Promise<Session> {
  const model = scriptedModel(() => 'One moment, please.')
  const session = await openSession(callCentreAgent, { id, inspector, client: model.client })
  sessions.push(session)
  return session
}

/** Text that would be markup if it were not shown as text. */
export const markup = '<img src=x onerror="window.harmed=true"><script>window.harmed=true</script><b>bold</b>'

const fragile = defineAgent({
  id: 'fragile',
  version: 1,
  nodes: {
    router: decisionNode({ routes: { fine: 'anything else', broken: 'what fails' }, fallback: 'fine' }),
    work: defineNode({
      input: z.object({ route: z.string() }).loose(),
      emits: { llm_result: z.object({ text: z.string() }).loose() },
      run: () => {
        throw new TypeError(`The warehouse does not answer ${markup}`, {
          cause: new Error('connect ECONNREFUSED 10.0.0.7:5432'),
        })
      },
    }),
    llm: llmNode(),
    memory: memoryNode(),
  },
  edges: [
    { from: 'input', on: 'user_input', to: 'memory' },
    { from: 'memory', on: 'memory_ready', to: 'router' },
    { from: 'router', on: 'route', to: 'work', when: 'broken' },
    { from: 'router', on: 'route', to: 'llm', when: 'fine' },
    { from: 'work', on: 'llm_result', to: 'output' },
    { from: 'llm', on: 'llm_chunk', to: 'output' },
    { from: 'llm', on: 'llm_result', to: 'output' },
  ],
})

/** A session in which the first turn answers with markup, the second fails, and the third is still being answered. */
export async function openFragile(
  { inspector, sessions }: Stage,
  id = 'fragile-1',
): Promise<{ session: Session; release: () => void }> {
  const gate = hold()
  const model = scriptedModel([
    { route: 'fine' },
    { text: ['Here is ', markup] },
    { route: 'broken' },
    { route: 'fine' },
    { text: ['I am still ', gate, 'thinking.'] },
  ])
  const session = await openSession(fragile, { id, inspector, client: model.client })
  sessions.push(session)
  return { session, release: () => gate.release() }
}
