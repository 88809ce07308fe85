/** What a pool knows of sessions that are not live, and how they are opened. */
import type { Agent } from '../agent/agent.ts'
import { sessionIdPattern } from '../core/events.ts'
import type { Store } from '../core/store.ts'
import type { Checkpoint } from '../session/checkpoint.ts'
import { readCheckpoint } from '../session/checkpoint-text.ts'
import { forgetSession } from '../session/forget-session.ts'
import { forkSession, type ForkOptions } from '../session/fork.ts'
import { beginSession, type OpenOptions } from '../session/open.ts'
import type { Session } from '../session/session.ts'
import { AgentNotFoundError, SessionNotFoundError } from './errors.ts'

/** See the top of this file. */
export class StoredSessions {
  readonly #agents: ReadonlyMap<string, Agent>
  readonly #options: OpenOptions & { readonly store: Store }

  constructor(agents: ReadonlyMap<string, Agent>, options: OpenOptions & { readonly store: Store }) {
    this.#agents = agents
    this.#options = options
  }

  /** @throws AgentNotFoundError */
  agent(agentId: string): Agent {
    const agent = this.#agents.get(agentId)
    if (!agent) throw new AgentNotFoundError(agentId, [...this.#agents.keys()])
    return agent
  }

  async has(sessionId: string): Promise<boolean> {
    return (await this.#load(sessionId)) !== undefined
  }

  /** @throws SessionNotFoundError, CheckpointError. */
  async checkpoint(sessionId: string): Promise<Checkpoint> {
    const text = await this.#load(sessionId)
    if (text === undefined) throw new SessionNotFoundError(sessionId)
    return readCheckpoint(text, sessionId)
  }

  /** @throws SessionNotFoundError, AgentNotFoundError when its agent is not served here, CheckpointError, SnapshotMismatchError, SessionStoreError. */
  async open(sessionId: string): Promise<Session> {
    const checkpoint = await this.checkpoint(sessionId)
    return beginSession(this.agent(checkpoint.agent.id), sessionId, checkpoint, this.#options)
  }

  /** Deletes a session, and what its agent's nodes keep of it elsewhere. */
  async delete(sessionId: string): Promise<void> {
    // One that cannot be read may be of any agent; ids of sessions are those of one store.
    const agentId = await this.checkpoint(sessionId).then(
      ({ agent }) => agent.id,
      () => undefined,
    )
    const known = agentId === undefined ? undefined : this.#agents.get(agentId)
    for (const agent of known ? [known] : this.#agents.values()) await forgetSession(agent, sessionId)
    await this.#options.store.delete(sessionId)
  }

  /** Opens a new session. */
  create(agent: Agent, sessionId: string): Promise<Session> {
    return beginSession(agent, sessionId, undefined, this.#options)
  }

  /** Opens a new session that is stored nowhere. */
  createUnstored(agent: Agent, sessionId: string): Promise<Session> {
    const { store: _store, ...options } = this.#options
    return beginSession(agent, sessionId, undefined, options)
  }

  /** @throws what `forkSession` throws. */
  fork(sessionId: string, options: ForkOptions & { readonly now: number }): Promise<Checkpoint> {
    if (!sessionIdPattern.test(sessionId)) return Promise.reject(new SessionNotFoundError(sessionId))
    return forkSession(this.#options.store, sessionId, options)
  }

  #load(sessionId: string): Promise<string | undefined> {
    // No session has an id that is none, and what a client sends is no key for every store.
    if (!sessionIdPattern.test(sessionId)) return Promise.resolve(undefined)
    return this.#options.store.checkpoints.load(sessionId)
  }
}
