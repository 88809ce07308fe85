/**
 * The tools of a node. Those of MCP servers change while it is used: such a list is live, and read anew for each event.
 */
import type { ChatRequest } from '../model/chat.ts'
import { toolsByName, type Tool } from './tool.ts'

const live = new WeakSet<readonly Tool[]>()

/** Says that a list of tools may change. */
export function markLive(tools: readonly Tool[]): void {
  live.add(tools)
}

/** See the top of this file. */
export class ToolList {
  /** Whether there are, or may be, any. */
  readonly some: boolean
  /** Whether the list may change. */
  readonly live: boolean
  readonly #tools: readonly Tool[]
  #seen: readonly Tool[] = []
  #byName: ReadonlyMap<string, Tool> = new Map()
  #offered: NonNullable<ChatRequest['tools']> = []

  /** @throws ToolDefinitionError when two tools have the same name. */
  constructor(tools: readonly Tool[]) {
    this.live = live.has(tools)
    this.some = this.live || tools.length > 0
    this.#tools = tools
    this.#read()
  }

  /** The tools as they are now. */
  get byName(): ReadonlyMap<string, Tool> {
    this.#refresh()
    return this.#byName
  }

  /** The same as a model is offered them. */
  get offered(): NonNullable<ChatRequest['tools']> {
    this.#refresh()
    return this.#offered
  }

  #refresh(): void {
    if (!this.live) return
    const isSame = this.#seen.length === this.#tools.length && this.#tools.every((tool, at) => tool === this.#seen[at])
    if (!isSame) this.#read()
  }

  #read(): void {
    this.#seen = [...this.#tools]
    this.#byName = toolsByName(this.#seen)
    this.#offered = this.#seen.map(({ name, description, jsonSchema }) => ({
      type: 'function',
      function: { name, description, parameters: { ...jsonSchema } },
    }))
  }
}
