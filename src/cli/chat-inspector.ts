/** The inspector of a chat: on a server of its own that only this machine reaches, and that ends with the chat. */
import { messageOf } from '../core/errors.ts'
import { createInspector, type Inspector } from '../inspect/inspector.ts'
import { redactSecrets } from '../inspect/redact-secrets.ts'

/** See the top of this file. */
export class ChatInspector {
  /** For the session, before there is a server. */
  readonly inspector: Inspector = createInspector({ redact: redactSecrets })
  #server: { close(): Promise<void> } | undefined
  #closed = false

  /** Starts the server, once the chat can be used; `tell` gets the line that says where it is. */
  async serve(tell: (line: string) => void): Promise<void> {
    try {
      // Not needed for the first prompt, and large.
      const { serveInspector } = await import('../server/inspector/own-server.ts')
      const server = await serveInspector(this.inspector)
      if (this.#closed) return await server.close()
      this.#server = server
      tell(`inspector: ${server.url}`)
    } catch (error) {
      // A chat is one without it, too.
      if (!this.#closed) tell(`the inspector could not be started: ${messageOf(error)}`)
    }
  }

  /** Ends it; a server that is only being started keeps nobody waiting. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#server?.close()
    this.inspector.close()
  }
}
