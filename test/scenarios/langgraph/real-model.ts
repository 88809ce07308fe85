/** A scripted model behind HTTP, called by the real client. */
import { modelClient } from 'troupe'
import { startModelServer, type ModelServer, type Script } from 'troupe/testing'

/** Starts the server; `client` calls it. Ends with the block that declares it with `await using`. */
export async function serveScript(script: Script) {
  const server: ModelServer = await startModelServer(script)
  const client = modelClient({ apiKey: 'none', baseURL: server.baseURL })
  return { client, requests: server.requests, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}
