/**
 * The process that is killed: opens a store and sessions, and takes commands as JSON lines. It prints a line for each
 * command when it is done, and one for each durable output and result; nothing that it prints may be lost by a kill.
 */
import { createInterface } from 'node:readline'
import {
  modelClient,
  openIndex,
  openSession,
  systemClock,
  type Agent,
  type Clock,
  type Session,
  type Store,
  type StoredIndex,
} from 'troupe'
import { conversationOf } from '../../src/core/messages.ts'
import { readCheckpoint } from '../../src/session/checkpoint-text.ts'
import { idsBetween } from '../../src/session/transcript.ts'
import { toErrorData } from '../../src/core/errors.ts'
import { runAtExit } from '../../src/core/at-exit.ts'
import { resumeDue } from '../../src/pool/resume-due.ts'
import { agentsWith } from './agents.ts'
import { openDyingStore, readCrashPoint } from './dying-store.ts'
import { fileBook } from './effects.ts'
import type { Command, Inspection, Line } from './protocol.ts'
import { toolAgentsWith } from './tool-agents.ts'

const offset = Number(process.env['TROUPE_CLOCK_OFFSET'] ?? 0)
const clock: Clock = { ...systemClock, now: () => Date.now() + offset }
const client = modelClient({ environment: {} })
const sessions = new Map<string, Session>()
let store: Store | undefined
let index: StoredIndex | undefined
let agents: Readonly<Record<string, Agent>> = {}

const print = (line: Line): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

const commands = createInterface(process.stdin)
// Whoever asks is gone.
const onClose = (): void => process.exit(1)
commands.on('close', onClose)
commands.on('line', (line) => {
  const command = JSON.parse(line) as Command
  perform(command).then(
    (value) => print({ kind: 'done', n: command.n, value }),
    (error: unknown) => print({ kind: 'failed', n: command.n, error: toErrorData(error) }),
  )
})
print({ kind: 'ready' })

async function perform(command: Command): Promise<unknown> {
  switch (command.op) {
    case 'start': {
      await close()
      store = await openDyingStore(command.url, readCrashPoint(process.env['TROUPE_CRASH_AT']))
      const book = fileBook(command.effects)
      index = openIndex(`sqlite:${command.effects}.index.db`, { name: 'memory' })
      agents = { ...agentsWith(book, index), ...(await toolAgentsWith(book, process.env['TROUPE_MCP_SERVER'])) }
      return null
    }
    case 'open': {
      await sessions.get(command.session)?.stop()
      const session = await openSession(agents[command.agent] as Agent, {
        id: command.session,
        store: opened(),
        client,
        clock,
      })
      sessions.set(session.id, session)
      session.on('output', ({ id, transient }) => {
        if (!transient) print({ kind: 'output', session: session.id, eventId: id })
      })
      return null
    }
    case 'send': {
      const { id, policy } = command
      const turn = sessionOf(command.session).send(command.text, policy ? { id, policy } : { id })
      void turn.result.then(
        (result) => print({ kind: 'result', session: command.session, id: command.id, result }),
        (error: unknown) =>
          print({ kind: 'refused', session: command.session, id: command.id, error: toErrorData(error) }),
      )
      await turn.accepted
      return turn.traceId
    }
    case 'cancel': {
      const session = sessionOf(command.session)
      session.cancel(undefined, { at: command.at })
      await session.flushed()
      return null
    }
    case 'signal': {
      const turn = await sessionOf(command.session).signal(command.type, command.data)
      return { traceId: turn.traceId, result: await turn.result }
    }
    case 'sweep':
      return resumeDue(Object.values(agents), { store: opened(), client, clock })
    case 'messages':
      return sessionOf(command.session).messages()
    case 'inspect':
      return inspect(command.session)
    case 'end':
      await close()
      await runAtExit()
      // What is left behind would keep the process alive.
      commands.off('close', onClose)
      process.stdin.destroy()
      return null
  }
}

async function close(): Promise<void> {
  for (const session of sessions.values()) await session.stop()
  sessions.clear()
  await store?.close()
  await index?.close()
  store = undefined
  index = undefined
}

function opened(): Store {
  if (!store) throw new Error('No store is open here.')
  return store
}

function sessionOf(id: string): Session {
  const session = sessions.get(id)
  if (!session) throw new Error(`Session '${id}' is not open here.`)
  return session
}

/** What is stored of a session, read without opening it. */
async function inspect(id: string): Promise<Inspection | null> {
  const store = opened()
  const text = await store.checkpoints.load(id)
  if (text === undefined) return null
  const { head, counters, turns, timers, snapshot } = readCheckpoint(text, id)
  const records = await store.memory.get(id, idsBetween(head, 0, head.count))
  return {
    messages: conversationOf(records).map(({ message }) => message),
    lost: records.filter((record) => !record).length,
    log: await store.log.read(id, { limit: 100_000 }),
    sequence: counters.sequence,
    turns,
    timers,
    state: (snapshot as unknown as { value: unknown }).value,
  }
}
