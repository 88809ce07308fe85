/** An inspector with its server and clients, which are gone when the test is over. */
import { onTestFinished } from 'vitest'
import { createInspector, type Inspector, type InspectorOptions } from '../../src/inspect/inspector.ts'
import { readFeed, type FeedReader } from './feed-reader.ts'
import { serveInspector, type InspectServer, type InspectServerOptions } from './inspect-server.ts'

/** See the top of this file. */
export async function lookedAt(
  options: InspectorOptions = {},
  serverOptions: InspectServerOptions = {},
): Promise<{ inspector: Inspector; server: InspectServer; connect(): Promise<FeedReader> }> {
  const inspector = createInspector(options)
  const server = await serveInspector(inspector, serverOptions)
  onTestFinished(() => server.close())
  return { inspector, server, connect: () => readFeed(server.url) }
}
