/** Begins the turn that a completion asks for: in a session for it alone, in a named one, or in a fork of that. */
import { createHash, randomUUID } from 'node:crypto'
import type { Agent } from '../../agent/agent.ts'
import type { Message, UserContent } from '../../core/messages.ts'
import type { TurnRequest } from '../../core/turn.ts'
import { SessionExistsError, SessionNotFoundError } from '../../pool/errors.ts'
import type { Session } from '../../session/session.ts'
import type { Turn } from '../../session/turn.ts'
import { callerOf, type ServerContext, type ServerParts } from '../context.ts'
import { continuationOf } from './conversation.ts'
import { CompletionError } from './errors.ts'
import type { AskedCompletion } from './request.ts'

/** A turn that has begun. */
export interface BegunTurn {
  readonly turn: Turn
  /** The session as the client knows it; undefined when it was made for this turn alone. */
  readonly session: string | undefined
}

/** A client that regenerates an answer makes a fork of a fork each time; then an id of chance has to do. */
const maxForks = 32

/** The session has another conversation than the client. */
class Parted extends Error {
  readonly mark: string

  constructor(mark: string) {
    super('the conversations part')
    this.mark = mark
  }
}

/**
 * Resolves when the turn's input is stored.
 * @throws CompletionError for tools that the agent cannot hand to a client, and a session of another agent; what the pool throws.
 */
export async function beginTurn(
  context: ServerContext,
  { pool }: ServerParts,
  agent: Agent,
  asked: AskedCompletion,
  sessionId: string | undefined,
): Promise<BegunTurn> {
  const request = requestOf(agent, asked)
  const caller = callerOf(context)
  const namespace = context.get('namespace')
  if (sessionId === undefined) {
    const options = { ...caller, id: namespace.stored(`v1-${randomUUID()}`) }
    const turn = await pool.ephemeralTurn(agent.id, (session) => go(session, asked.messages, request), options)
    return { turn, session: undefined }
  }
  const root = namespace.stored(sessionId)
  let storedId = root
  for (let forks = 0; ;) {
    try {
      const begin = (session: Session): Promise<Turn> => goOn(session, agent, asked.messages, request)
      return { turn: await pool.turn(storedId, begin, caller), session: namespace.wire(storedId) }
    } catch (error) {
      if (error instanceof SessionNotFoundError) {
        await pool.create(agent.id, { id: storedId }).catch((reason: unknown) => {
          // Another request made it.
          if (!(reason instanceof SessionExistsError)) throw reason
        })
      } else if (error instanceof Parted) {
        storedId = forkId(root, storedId, ++forks > maxForks ? randomUUID() : error.mark)
      } else throw error
    }
  }
}

/** The same conversation parts from the same session into the same fork, which the next request then finds. */
function forkId(root: string, parent: string, mark: string): string {
  const suffix = createHash('sha256').update(`${parent}\n${mark}`).digest('hex').slice(0, 12)
  return `${root.slice(0, 128 - suffix.length - 1)}-${suffix}`
}

async function goOn(
  session: Session,
  agent: Agent,
  sent: readonly Message[],
  request: TurnRequest | undefined,
): Promise<Turn> {
  if (session.agent.id !== agent.id) {
    const message = `The session is one of the agent '${session.agent.id}'. Send that as 'model', or name another session.`
    throw new CompletionError(400, 'session_of_other_agent', message, { param: 'model' })
  }
  const continuation = continuationOf(await session.messages(), sent)
  if (continuation.tail === undefined) throw new Parted(continuation.mark)
  return go(session, continuation.tail, request)
}

/** Appends what is new, and sends the user's last message; without one, the turn goes on from what is there. */
async function go(session: Session, news: readonly Message[], request: TurnRequest | undefined): Promise<Turn> {
  const last = news.at(-1)
  const input: UserContent = last?.role === 'user' ? last.content : []
  const before = last?.role === 'user' ? news.slice(0, -1) : news
  if (before.length > 0) await session.append(before)
  return session.send(input, request === undefined ? {} : { request })
}

function requestOf(agent: Agent, asked: AskedCompletion): TurnRequest | undefined {
  const { instructions, tools, fields, maxOutputTokens } = asked
  // Only whose result is the answer: other models of an agent have work of their own.
  const nodes = agent.edges.filter(({ to, event }) => to === 'output' && event === 'llm_result').map(({ from }) => from)
  if (tools.length > 0) assertTools(agent, nodes, tools)
  if (instructions === '' && tools.length === 0 && Object.keys(fields).length === 0 && maxOutputTokens === undefined)
    return undefined
  return {
    nodes,
    ...(instructions === '' ? {} : { instructions }),
    ...(tools.length > 0 ? { tools } : {}),
    ...(Object.keys(fields).length > 0 ? { fields } : {}),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  }
}

function assertTools({ id, nodes: all }: Agent, nodes: readonly string[], tools: AskedCompletion['tools']): void {
  if (nodes.length === 0) {
    const message = `The agent '${id}' has no model whose answer reaches the client, so it cannot call the client's tools.`
    throw new CompletionError(400, 'unsupported_parameter', message, { param: 'tools' })
  }
  const own = new Set(nodes.flatMap((node) => (all[node]?.describe?.['tools'] ?? []) as string[]))
  const clash = tools.find(({ name }) => own.has(name))
  if (clash) {
    const message = `The agent '${id}' has a tool '${clash.name}' of its own. Give yours another name.`
    throw new CompletionError(400, 'tool_name_taken', message, { param: 'tools' })
  }
}
